package dev.winnow.interview;

import dev.winnow.spec.Answer;
import dev.winnow.spec.Complexity;
import dev.winnow.spec.Criterion;
import dev.winnow.spec.PlanPhase;
import dev.winnow.spec.Planning;
import dev.winnow.spec.Question;
import dev.winnow.spec.Spec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Criteria and plan without a model: the person's own words, line by line. Nothing is added, so a
 * question without an answer gives no criterion.
 */
final class WriteFromAnswers {

  static final String WRITER = "winnow";

  private static final int MOST_CRITERIA = 30;

  private static final Pattern OWN =
      Pattern.compile("(?m)^\\s*(?:[-*]\\s*)?(?:\\[.\\]\\s*)?\\**AC-\\d+\\**\\s*[:.)-]\\s*(.+)$");
  private static final Pattern GIVES_CRITERIA =
      Pattern.compile("(?i)observe that the change is right|edge cases and failures");

  /** A line, or a sentence of it; numbers like 1.5 and names like a.b are not torn apart. */
  private static final Pattern BORDER = Pattern.compile("\\R|;\\s+|(?<=[.!?])\\s+(?=\\p{Lu})");

  private WriteFromAnswers() {}

  static List<Criterion> criteria(Spec spec, Planning planning) {
    Set<String> texts = new LinkedHashSet<>();
    Matcher own = OWN.matcher(spec.task());
    while (own.find()) {
      texts.add(own.group(1).strip());
    }
    for (Question question : planning.questions()) {
      Answer answer = planning.answer(question.id()).orElse(null);
      if (answer != null
          && !answer.skipped()
          && GIVES_CRITERIA.matcher(question.question()).find()) {
        for (String part : BORDER.split(answer.text())) {
          String text = part.strip().replaceFirst("^(?:[-*•]|\\d+[.)]|AC-\\d+\\s*[:.)-])\\s*", "");
          if (!text.isBlank()) {
            texts.add(text.strip());
          }
        }
      }
    }
    List<Criterion> criteria = new ArrayList<>();
    for (String text : texts) {
      if (criteria.size() < MOST_CRITERIA) {
        criteria.add(new Criterion("AC-" + (criteria.size() + 1), text));
      }
    }
    return criteria;
  }

  /** A task for each criterion, in as many phases as the complexity asks for. */
  static List<PlanPhase> plan(Spec spec, List<Criterion> criteria) {
    if (criteria.isEmpty()) {
      return List.of();
    }
    boolean parts = spec.complexity() == Complexity.COMPLEX && criteria.size() > 1;
    int half = parts ? (criteria.size() + 1) / 2 : criteria.size();
    List<PlanPhase> plan = new ArrayList<>();
    plan.add(phase(parts ? "First half" : "Implementation", criteria.subList(0, half)));
    if (parts) {
      plan.add(phase("Second half", criteria.subList(half, criteria.size())));
    }
    return plan;
  }

  private static PlanPhase phase(String name, List<Criterion> criteria) {
    return new PlanPhase(
        name,
        criteria.stream().map(c -> c.id() + ": " + c.text().replaceAll("\\s+", " ")).toList());
  }
}
