package dev.winnow.judge.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.agent.CapText;
import dev.winnow.agent.JudgePrompt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a judge's words strictly: one JSON object and nothing around it, so that nothing that the
 * judge merely repeats can become a verdict.
 */
final class ReadVerdict {

  private static final int MOST_CHARS = 64 * 1024;
  private static final int RATIONALE_BYTES = 2_000;
  private static final int QUOTATION_CHARS = 400;
  private static final Set<String> KEYS = Set.of("winner", "scores", "evidence", "rationale");

  /** Some models put what they were asked for into a code block. */
  private static final Pattern FENCE = Pattern.compile("(?s)\\A```(?:json)?\\n(.*)\\n```\\z");

  /** The verdict, or why it is none. */
  record Read(@Nullable Verdict verdict, String problem) {
    static Read refused(String problem) {
      return new Read(null, problem);
    }
  }

  private final List<String> order;
  private final List<JudgePrompt.Shown> shown;

  /**
   * @param order candidate ids, in the order of what was shown
   */
  ReadVerdict(List<String> order, List<JudgePrompt.Shown> shown) {
    this.order = order;
    this.shown = shown;
  }

  Read read(String said) {
    String text = said.strip();
    Matcher fence = FENCE.matcher(text);
    if (text.length() > MOST_CHARS) {
      return Read.refused("the answer is too long");
    }
    try {
      JsonNode node = Json.mapper().readTree(fence.matches() ? fence.group(1) : text);
      return node == null || !node.isObject()
          ? Read.refused("the answer is no JSON object")
          : verdict(node);
    } catch (JsonProcessingException e) {
      return Read.refused("the answer is not one JSON object and nothing else");
    }
  }

  private Read verdict(JsonNode node) {
    Set<String> keys = new HashSet<>();
    node.fieldNames().forEachRemaining(keys::add);
    if (!keys.equals(KEYS)) {
      return Read.refused("it must have exactly winner, scores, evidence and rationale");
    }
    Map<String, Integer> scores = new TreeMap<>();
    String problem = scores(node.path("scores"), scores);
    if (!problem.isEmpty()) {
      return Read.refused(problem);
    }
    JsonNode named = node.path("winner");
    boolean undecided = VerdictFormat.UNDECIDED.equals(named.asText());
    String winner = undecided ? null : candidate(named);
    if (winner == null && !undecided) {
      return Read.refused("winner must be one of the candidates' letters, or undecided");
    }
    if (winner != null && !highestAlone(winner, scores)) {
      return Read.refused("the winner does not have the highest score");
    }
    if (!node.path("rationale").isTextual() || node.path("rationale").asText().isBlank()) {
      return Read.refused("rationale must be a text");
    }
    List<String> evidence = quotations(node.path("evidence"));
    if (evidence.isEmpty() && winner != null) {
      return Read.refused("evidence quotes nothing that was shown");
    }
    return new Read(
        new Verdict(winner, scores, evidence, cut(node.path("rationale").asText())), "");
  }

  /** Fills the scores by candidate id; the problem, or nothing. */
  private String scores(JsonNode node, Map<String, Integer> scores) {
    for (JsonNode entry : node) {
      String candidate = candidate(entry.path("candidate"));
      JsonNode score = entry.path("score");
      if (candidate == null || !score.isInt() || score.asInt() < 0 || score.asInt() > 100) {
        return "scores must be whole numbers from 0 to 100 for the candidates' letters";
      }
      if (scores.put(candidate, score.asInt()) != null) {
        return "scores names a candidate twice";
      }
    }
    return scores.size() == order.size() ? "" : "scores must name every candidate";
  }

  private @Nullable String candidate(JsonNode label) {
    for (int i = 0; i < shown.size(); i++) {
      if (label.isTextual() && shown.get(i).label().equals(label.asText())) {
        return order.get(i);
      }
    }
    return null;
  }

  private static boolean highestAlone(String winner, Map<String, Integer> scores) {
    int best = scores.getOrDefault(winner, -1);
    return scores.entrySet().stream()
        .noneMatch(e -> !e.getKey().equals(winner) && e.getValue() >= best);
  }

  /** Those quotations that stand in what was shown; white space does not matter. */
  private List<String> quotations(JsonNode node) {
    List<String> materials = shown.stream().map(c -> squeezed(c.material())).toList();
    List<String> found = new ArrayList<>();
    for (JsonNode entry : node) {
      String quotation = squeezed(entry.asText());
      if (entry.isTextual()
          && !quotation.isEmpty()
          && quotation.length() <= QUOTATION_CHARS
          && found.size() < 10
          && materials.stream().anyMatch(m -> m.contains(quotation))) {
        found.add(quotation);
      }
    }
    return found;
  }

  private static String squeezed(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  private static String cut(String rationale) {
    return CapText.headAndTail(rationale.strip(), RATIONALE_BYTES);
  }
}
