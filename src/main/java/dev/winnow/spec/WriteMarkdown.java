package dev.winnow.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A spec as files that people read. */
public final class WriteMarkdown {

  private WriteMarkdown() {}

  static Map<String, String> files(Spec spec) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("spec.md", spec(spec));
    files.put("plan.md", plan(spec));
    try {
      files.put(
          "spec.json",
          Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(spec) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    return files;
  }

  static void into(Path directory, Spec spec) {
    Path own = directory.resolve("specs").resolve(spec.id().toString());
    try {
      Files.createDirectories(own);
      for (Map.Entry<String, String> file : files(spec).entrySet()) {
        WriteFile.atomically(own.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "The spec is saved, but its files cannot be written into %s (AUTOCODE_ARTIFACTS_DIR)."
              .formatted(own),
          e);
    }
  }

  /** What is to be built: request, answers, open questions, criteria. */
  public static String spec(Spec spec) {
    StringBuilder text = new StringBuilder();
    text.append("# Spec: ").append(line(spec.title())).append("\n\n");
    Planning planning = spec.artifacts().planning();
    if (planning != null && !planning.overview().isBlank()) {
      text.append("## Overview\n").append(planning.overview().strip()).append("\n\n");
    }
    text.append("## Request\n").append(spec.task().strip()).append("\n\n");
    if (planning != null) {
      answers(planning, text);
    }
    text.append("## Acceptance Criteria\n");
    if (spec.criteria().isEmpty()) {
      text.append("None are written yet.\n");
    }
    for (Criterion criterion : spec.criteria()) {
      text.append("- **%s**: %s%n".formatted(criterion.id(), line(criterion.text())));
    }
    return text.toString();
  }

  private static void answers(Planning planning, StringBuilder text) {
    StringBuilder answered = new StringBuilder();
    StringBuilder open = new StringBuilder();
    for (Question question : planning.questions()) {
      Answer answer = planning.answer(question.id()).orElse(null);
      if (answer == null) {
        open.append(
            "- %s: [NEEDS CLARIFICATION: %s]%n"
                .formatted(question.id(), line(question.question())));
      } else if (answer.skipped()) {
        open.append("- %s: %s (skipped)%n".formatted(question.id(), line(question.question())));
      } else {
        answered.append(
            "- **%s**%n  %s%n"
                .formatted(line(question.question()), answer.text().strip().replace("\n", "\n  ")));
      }
    }
    if (!answered.isEmpty()) {
      text.append("## Clarifications\n").append(answered).append('\n');
    }
    if (!open.isEmpty()) {
      text.append("## Open Questions\n").append(open).append('\n');
    }
  }

  /** The plan in the layout of Conductor. */
  public static String plan(Spec spec) {
    StringBuilder text =
        new StringBuilder("# Implementation Plan: ").append(line(spec.title())).append("\n");
    Planning planning = spec.artifacts().planning();
    int number = 0;
    for (PlanPhase phase : planning == null ? java.util.List.<PlanPhase>of() : planning.plan()) {
      number++;
      text.append("%n## Phase %d: %s%n%n".formatted(number, line(phase.name())));
      for (String task : phase.tasks()) {
        text.append("- [ ] Task: ").append(line(task)).append('\n');
      }
      text.append("- [ ] Task: Conductor - User Manual Verification '")
          .append(line(phase.name()))
          .append("' (Protocol in workflow.md)\n");
    }
    if (number == 0) {
      text.append("\nThere is no plan yet.\n");
    }
    return text.toString();
  }

  private static String line(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
