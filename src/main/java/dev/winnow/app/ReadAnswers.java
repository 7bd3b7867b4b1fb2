package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.WinnowException;
import dev.winnow.spec.Planning;
import dev.winnow.spec.Question;
import dev.winnow.spec.RecordAnswers.Given;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers from a file, JSON or YAML: an object from question ids, or the questions themselves, to
 * answers. A number takes a suggestion, null skips.
 */
final class ReadAnswers {

  private final Path file;
  private final Map<String, JsonNode> answers = new LinkedHashMap<>();
  private final Set<String> used = new TreeSet<>();

  /**
   * @throws WinnowException of category USAGE with what is wrong
   */
  ReadAnswers(Path file) {
    this.file = file;
    if (!Files.exists(file)) {
      throw WinnowException.usage(file + " does not exist: give --answers a JSON or YAML file.");
    }
    SettingsFile.read(file, false)
        .ifPresent(read ->
            read.root()
                .properties()
                .forEach(entry -> answers.put(entry.getKey().strip(), entry.getValue())));
  }

  /** The answers to these questions that nobody has answered yet. */
  List<Given> to(Planning planning) {
    List<Given> given = new ArrayList<>();
    for (Question question : planning.questions()) {
      String key = answers.containsKey(question.id()) ? question.id() : question.question();
      JsonNode value = answers.get(key);
      if (value != null) {
        used.add(key);
        if (planning.answer(question.id()).isEmpty()) {
          given.add(given(question, value));
        }
      }
    }
    return given;
  }

  private Given given(Question question, @Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return Given.skip(question.id());
    }
    if (value.isIntegralNumber()
        && value.asInt() >= 1
        && value.asInt() <= question.suggestions().size()) {
      return Given.text(question.id(), question.suggestions().get(value.asInt() - 1));
    }
    if (value.isArray()) {
      List<String> lines = new ArrayList<>();
      value.forEach(line -> lines.add(line.asText()));
      return Given.text(question.id(), String.join("\n", lines));
    }
    if (!value.isValueNode()) {
      throw WinnowException.usage(
          "%s: the answer to %s must be a text, a list of texts, or null to skip it."
              .formatted(file, question.id()));
    }
    return Given.text(question.id(), value.asText());
  }

  /** What the file answers that nobody asked; to be looked at when no more questions come. */
  void refuseUnknown(Planning planning) {
    Set<String> unknown = new TreeSet<>(answers.keySet());
    unknown.removeAll(used);
    if (!unknown.isEmpty()) {
      throw WinnowException.usage(
          "%s answers what was not asked (%s): the questions are %s. The other answers are kept."
              .formatted(
                  file,
                  unknown.stream()
                      .limit(5)
                      .map(key -> SafeText.line(key, 60))
                      .collect(Collectors.joining(", ")),
                  planning.questions().isEmpty()
                      ? "none"
                      : planning.questions().stream()
                          .map(Question::id)
                          .collect(Collectors.joining(", "))));
    }
  }
}
