package dev.winnow.interview;

import dev.winnow.spec.Answer;
import dev.winnow.spec.Planning;
import dev.winnow.spec.Question;
import dev.winnow.spec.RepositorySummary;
import dev.winnow.spec.Spec;
import java.util.stream.Collectors;

/** What a model is told about a spec. */
final class DescribeSpec {

  private DescribeSpec() {}

  static String surroundings(Spec spec) {
    StringBuilder text =
        new StringBuilder("The task looks ").append(spec.complexity().label()).append(".\n");
    RepositorySummary repository = spec.artifacts().assessment().repository();
    if (repository == null) {
      return text.append("No repository was named.").toString();
    }
    text.append(
        "%s%,d files. Languages: %s.%n"
            .formatted(
                repository.cut() ? "More than " : "",
                repository.files(),
                repository.languages().isEmpty()
                    ? "none recognised"
                    : repository.languages().entrySet().stream()
                        .map(e -> e.getKey() + " (" + e.getValue() + " files)")
                        .collect(Collectors.joining(", "))));
    line(text, "Build files", repository.buildFiles());
    line(text, "Modules", repository.modules());
    line(text, "Named in the request", repository.named());
    return text.toString().strip();
  }

  private static void line(StringBuilder text, String what, java.util.List<String> names) {
    if (!names.isEmpty()) {
      text.append(what).append(": ").append(String.join(", ", names)).append(".\n");
    }
  }

  static String answers(Planning planning) {
    StringBuilder text = new StringBuilder();
    for (Question question : planning.questions()) {
      Answer answer = planning.answer(question.id()).orElse(null);
      String said =
          answer == null ? "(open)" : answer.skipped() ? "(skipped, stays open)" : answer.text();
      text.append(
          "%s. %s%n   Answer: %s%n"
              .formatted(question.id(), question.question(), said.replace("\n", "\n   ")));
    }
    return text.toString().strip();
  }
}
