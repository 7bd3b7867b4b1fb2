package dev.winnow.agent;

import java.util.List;
import java.util.Map;

/** What models are told in a planning interview, from the templates in {@code prompts/}. */
public final class PlanningPrompts {

  /** What an interviewer says that has nothing to ask. */
  public static final String NOTHING_UNCLEAR = "NOTHING IS UNCLEAR";

  private PlanningPrompts() {}

  /** The rules of an interviewer. */
  public static String interviewer() {
    return Prompts.fill("interviewer", Map.of("nothing", NOTHING_UNCLEAR));
  }

  /**
   * Asks for questions.
   *
   * @param surroundings what is known of the repository and of the size of the task
   * @param answered questions and answers of earlier rounds, empty in the first
   * @param most how many may be asked
   */
  public static String questions(String task, String surroundings, String answered, int most) {
    return Prompts.fill(
        answered.isBlank() ? "questions" : "questions-more",
        answered.isBlank()
            ? Map.of(
                "task", Prompts.request(Prompts.capped(task)),
                "surroundings", quoted("repository", surroundings),
                "most", String.valueOf(most))
            : Map.of(
                "task", Prompts.request(Prompts.capped(task)),
                "surroundings", quoted("repository", surroundings),
                "answers", quoted("answers", answered),
                "most", String.valueOf(most)));
  }

  /** Says once more how to ask, to a model that did not. */
  public static String questionsAgain() {
    return Prompts.fill("questions-again", Map.of("nothing", NOTHING_UNCLEAR));
  }

  /** Asks which set of questions is the better one. */
  public static String judgeQuestions(String task, List<JudgePrompt.Shown> sets) {
    return Prompts.fill(
        "judge-questions",
        Map.of(
            "request", Prompts.request(Prompts.capped(task)),
            "candidates", JudgePrompt.candidates(sets)));
  }

  /** The rules of whoever writes criteria and plan. */
  public static String writer() {
    return Prompts.fill("spec-writer", Map.of());
  }

  /**
   * Asks for criteria and plan.
   *
   * @param phases how many the plan should have, in words
   */
  public static String specify(String task, String surroundings, String answered, String phases) {
    return Prompts.fill(
        "specify",
        Map.of(
            "task", Prompts.request(Prompts.capped(task)),
            "surroundings", quoted("repository", surroundings),
            "answers", quoted("answers", answered.isBlank() ? "(nothing was asked)" : answered),
            "phases", phases));
  }

  /** Says what is wrong with what was written. */
  public static String specifyAgain(String problems) {
    return Prompts.fill("specify-again", Map.of("problems", quoted("problems", problems)));
  }

  private static String quoted(String what, String text) {
    return QuoteUntrusted.block(what, Prompts.capped(text));
  }
}
