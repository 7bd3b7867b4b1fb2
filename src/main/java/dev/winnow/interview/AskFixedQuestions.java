package dev.winnow.interview;

import dev.winnow.spec.Question;
import dev.winnow.spec.Spec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** The questions of mode stub: what most requests leave open, without a model. */
final class AskFixedQuestions {

  private record Fixed(int place, String question, String rationale, List<String> suggestions) {}

  /** The most useful first; {@code place} is the order in which they are asked. */
  private static final List<Fixed> FIXED =
      List.of(
          new Fixed(
              2,
              "How can one observe that the change is right? Give one behaviour on each line.",
              "Each line becomes an acceptance criterion, and the tests come from them.",
              List.of()),
          new Fixed(
              5,
              "Which edge cases and failures must be handled, and how? Give one on each line.",
              "What happens with empty, huge or wrong input is decided by somebody: better by you.",
              List.of()),
          new Fixed(
              4,
              "What is out of scope?",
              "What is not wanted is neither built nor tested.",
              List.of()),
          new Fixed(
              3,
              "Which constraints apply (performance, compatibility, security, dependencies)?",
              "They rule out solutions that would otherwise be right.",
              List.of("None beyond what the repository does today", "No new dependencies")),
          new Fixed(
              1,
              "Who uses the result, and for what?",
              "Names, messages and defaults depend on who reads them.",
              List.of("Developers, through the code", "End users", "Operators")));

  /** A task that brings its criteria along is not asked what success is. */
  private static final Pattern CRITERIA =
      Pattern.compile("(?im)^\\W*AC-\\d+\\b|\\bgiven\\b.+\\bwhen\\b.+\\bthen\\b");

  private AskFixedQuestions() {}

  static List<Question> of(Spec spec, int most) {
    boolean clear = CRITERIA.matcher(spec.task()).find();
    List<Fixed> chosen =
        new ArrayList<>(
            FIXED.stream()
                .filter(f -> !clear || f.place() != 2)
                .limit(clear ? most - 1L : most)
                .toList());
    chosen.sort(Comparator.comparingInt(Fixed::place));
    List<Question> questions = new ArrayList<>();
    for (Fixed fixed : chosen) {
      questions.add(
          new Question(
              "q" + (questions.size() + 1),
              1,
              fixed.question(),
              fixed.rationale(),
              fixed.suggestions(),
              WriteFromAnswers.WRITER));
    }
    return questions;
  }
}
