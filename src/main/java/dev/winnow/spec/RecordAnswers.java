package dev.winnow.spec;

import dev.winnow.WinnowException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Keeps answers of people. Several may answer at once: answers to different questions are all kept,
 * and nobody overwrites an answer that he has not seen.
 */
public final class RecordAnswers {

  public static final int MOST_CHARS = 20_000;

  /**
   * What somebody answers.
   *
   * @param question id of the question
   * @param text empty with {@code skip}
   */
  public record Given(String question, String text, boolean skip) {
    public static Given text(String question, String text) {
      return new Given(question, text, false);
    }

    public static Given skip(String question) {
      return new Given(question, "", true);
    }
  }

  /** What became of a submission. */
  public sealed interface Result {
    /** All of it is kept. */
    record Saved(Spec spec) implements Result {}

    /**
     * None of it is kept, because others answered meanwhile what it answers differently.
     *
     * @param questions ids of those
     * @param message for people, one line
     */
    record Conflict(Spec spec, List<String> questions, String message) implements Result {
      public Conflict {
        questions = List.copyOf(questions);
      }
    }
  }

  private final SpecService specs;

  public RecordAnswers(SpecService specs) {
    this.specs = specs;
  }

  /**
   * @param seen version of the spec that the person looked at
   * @throws WinnowException of category USAGE for unknown questions and empty answers; nothing of
   *     the submission is kept then
   */
  public Result record(UUID id, List<Given> answers, long seen, String by) {
    List<String> conflicts = new ArrayList<>();
    List<Given> clean = answers.stream().map(RecordAnswers::clean).toList();
    Spec after =
        specs.changePlanning(
            id,
            spec -> {
              conflicts.clear();
              return merged(spec, clean, seen, by, conflicts);
            });
    return conflicts.isEmpty()
        ? new Result.Saved(after)
        : new Result.Conflict(after, conflicts, message(after, conflicts));
  }

  private static String message(Spec spec, List<String> conflicts) {
    Planning planning = spec.artifacts().planning();
    String who =
        conflicts.stream()
            .flatMap(q ->
                planning == null ? Optional.<Answer>empty().stream() : planning.answer(q).stream())
            .map(a -> a.question() + " by " + a.by())
            .collect(Collectors.joining(", "));
    return "Somebody answered meanwhile (%s): look at these answers (version %d), then answer again."
        .formatted(who, spec.version());
  }

  private static Given clean(Given given) {
    if (given.skip()) {
      return Given.skip(given.question());
    }
    StringBuilder text = new StringBuilder();
    given
        .text()
        .replace("\r\n", "\n")
        .codePoints()
        .filter(c -> c == '\n' || c == '\t' || !isControl(c))
        .forEach(text::appendCodePoint);
    String answer = text.toString().strip();
    if (answer.isEmpty()) {
      throw WinnowException.usage(
          "The answer to %s is empty: give some words, or skip the question."
              .formatted(name(given.question())));
    }
    if (answer.length() > MOST_CHARS) {
      throw WinnowException.usage(
          "The answer to %s has %,d characters, the limit is %,d."
              .formatted(name(given.question()), answer.length(), MOST_CHARS));
    }
    return Given.text(given.question(), answer);
  }

  private static boolean isControl(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE;
  }

  private static Spec merged(
      Spec spec, List<Given> given, long seen, String by, List<String> conflicts) {
    Planning planning = spec.artifacts().planning();
    if (planning == null || planning.questions().isEmpty()) {
      throw WinnowException.usage(
          "Spec %s has no questions: start its interview ('winnow plan %s')."
              .formatted(spec.id(), spec.id()));
    }
    Set<String> known = planning.questions().stream().map(Question::id).collect(Collectors.toSet());
    List<String> unknown =
        given.stream().map(Given::question).filter(q -> !known.contains(q)).toList();
    if (!unknown.isEmpty()) {
      throw WinnowException.usage(
          "There is no question %s: the questions are %s."
              .formatted(
                  unknown.stream()
                      .limit(5)
                      .map(RecordAnswers::name)
                      .collect(Collectors.joining(", ")),
                  planning.questions().stream()
                      .map(Question::id)
                      .collect(Collectors.joining(", "))));
    }
    Set<String> once = new HashSet<>();
    List<Answer> answers = new ArrayList<>(planning.answers());
    boolean changed = false;
    for (Given one : given) {
      if (!once.add(one.question())) {
        throw WinnowException.usage(one.question() + " is answered twice.");
      }
      Optional<Answer> before = planning.answer(one.question());
      boolean same =
          before.filter(a -> a.skipped() == one.skip() && a.text().equals(one.text())).isPresent();
      if (same) {
        continue;
      }
      if (before.filter(a -> a.version() > seen).isPresent()) {
        conflicts.add(one.question());
        continue;
      }
      changed = true;
      answers.removeIf(a -> a.question().equals(one.question()));
      answers.add(
          new Answer(
              one.question(), one.text(), one.skip(), by, Instant.now(), spec.version() + 1));
    }
    return changed && conflicts.isEmpty() ? spec.withPlanning(planning.withAnswers(answers)) : spec;
  }

  private static String name(String question) {
    String line = question.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return "'" + (line.length() > 40 ? line.substring(0, 39) + "…" : line) + "'";
  }
}
