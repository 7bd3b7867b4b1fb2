package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.spec.SameQuestion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code ask_user_question}: collects the questions of an interview, which a person answers later.
 * The limit is held here, whatever the model was told.
 */
public final class AskUserQuestion implements Tool {

  public static final String NAME = "ask_user_question";

  private static final int MOST_CHARS = 600;
  private static final int MOST_SUGGESTIONS = 4;
  private static final int SUGGESTION_CHARS = 160;

  private static final ToolSpec SPEC =
      new Parameters()
          .required("question", "string", "One question, in one or two sentences")
          .required("rationale", "string", "What is built differently depending on the answer")
          .optionalTexts(
              "suggestions", "Two to four possible answers, where they can be foreseen; or none")
          .of(
              NAME,
              "Asks the person who wants the change one question. The answer comes later, after all"
                  + " questions are asked; so do not wait for it.");

  /**
   * A question that was accepted.
   *
   * @param suggestions none, or two to four
   */
  public record Asked(String question, String rationale, List<String> suggestions) {
    public Asked {
      suggestions = List.copyOf(suggestions);
    }
  }

  private final int limit;
  private final List<String> before;
  private final List<Asked> asked = new ArrayList<>();

  /**
   * @param limit how many questions are accepted
   * @param before what was asked in earlier rounds
   */
  public AskUserQuestion(int limit, List<String> before) {
    this.limit = limit;
    this.before = List.copyOf(before);
  }

  /** What was accepted so far, in order. */
  public synchronized List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** Goes back to what was accepted when a recorded turn ended. */
  public synchronized void restore(List<Asked> recorded) {
    asked.clear();
    asked.addAll(recorded);
  }

  @Override
  public ToolSpec spec() {
    return SPEC;
  }

  /** It changes the list of questions, which is kept with the turn like files are. */
  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public synchronized ToolResult call(JsonNode arguments, Cancellation cancellation) {
    String question = clean(arguments.path("question").asText());
    String rationale = clean(arguments.path("rationale").asText());
    if (asked.size() >= limit) {
      return ToolResult.failed(
          "the limit of %d questions is reached, this one was not asked: ask no more, and finish"
              .formatted(limit));
    }
    if (question.isEmpty() || rationale.isEmpty()) {
      return ToolResult.failed(
          "'%s' is empty: nothing was asked"
              .formatted(question.isEmpty() ? "question" : "rationale"));
    }
    if (question.length() > MOST_CHARS || rationale.length() > MOST_CHARS) {
      return ToolResult.failed(
          "question and rationale have at most %d characters each: nothing was asked"
              .formatted(MOST_CHARS));
    }
    if (isKnown(question)) {
      return ToolResult.failed("this was asked already: ask something else, or finish");
    }
    asked.add(new Asked(question, rationale, suggestions(arguments.path("suggestions"))));
    int left = limit - asked.size();
    return ToolResult.ok(
        "asked; the answer comes later. %s"
            .formatted(
                left == 0 ? "You cannot ask more: finish." : "%d more possible.".formatted(left)),
        "question %d of at most %d".formatted(asked.size(), limit));
  }

  private boolean isKnown(String question) {
    return before.stream().anyMatch(known -> SameQuestion.test(known, question))
        || asked.stream().anyMatch(known -> SameQuestion.test(known.question(), question));
  }

  /** One suggestion is a leading question, and none is better than that. */
  private static List<String> suggestions(JsonNode node) {
    Set<String> suggestions = new LinkedHashSet<>();
    for (JsonNode item : node) {
      String text = clean(item.asText());
      boolean other = text.matches("(?i)(other|something else)\\W*");
      if (!text.isEmpty() && text.length() <= SUGGESTION_CHARS && !other) {
        suggestions.add(text);
      }
    }
    return suggestions.size() < 2
        ? List.of()
        : suggestions.stream().limit(MOST_SUGGESTIONS).toList();
  }

  private static String clean(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Cs}\\s]+", " ").strip();
  }
}
