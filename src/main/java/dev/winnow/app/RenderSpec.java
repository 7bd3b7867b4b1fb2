package dev.winnow.app;

import dev.winnow.spec.Answer;
import dev.winnow.spec.Criterion;
import dev.winnow.spec.PlanPhase;
import dev.winnow.spec.Planning;
import dev.winnow.spec.PlanningMetadata;
import dev.winnow.spec.Question;
import dev.winnow.spec.Spec;
import dev.winnow.spec.Validation;
import java.util.ArrayList;
import java.util.List;

/** A spec, for people at a terminal. */
final class RenderSpec {

  private static final int PROSE = 2_000;

  private final Style style;
  private final int columns;
  private final List<String> lines = new ArrayList<>();

  private RenderSpec(Style style, int columns) {
    this.style = style;
    this.columns = columns;
  }

  static List<String> lines(Spec spec, Style style, int columns) {
    RenderSpec renderer = new RenderSpec(style, columns);
    renderer.render(spec);
    return List.copyOf(renderer.lines);
  }

  private void render(Spec spec) {
    lines.add(style.bold("Spec " + spec.id()));
    prose(SafeText.line(spec.title(), PROSE), 2);
    lines.add(
        "  %s, %s (confidence %.2f)"
            .formatted(
                spec.status().label(),
                spec.complexity().label(),
                spec.artifacts().assessment().confidence()));
    Planning planning = spec.artifacts().planning();
    if (planning != null) {
      interview(planning);
      criteria(spec);
      plan(planning);
    }
    Validation validation = spec.artifacts().validation();
    if (validation != null) {
      validation(validation);
    }
  }

  private void interview(Planning planning) {
    PlanningMetadata metadata = planning.metadata();
    heading(
        "Questions (%s%s)"
            .formatted(
                metadata.mode().label(),
                planning.open().isEmpty() ? "" : ", %d open".formatted(planning.open().size())));
    if (planning.questions().isEmpty()) {
      lines.add("  none: nothing was unclear");
    }
    for (Question question : planning.questions()) {
      prose(style.bold(question.id()) + "  " + SafeText.line(question.question(), PROSE), 2);
      Answer answer = planning.answer(question.id()).orElse(null);
      if (answer == null) {
        prose(style.dim("why: " + SafeText.line(question.rationale(), PROSE)), 6);
        int number = 0;
        for (String suggestion : question.suggestions()) {
          prose("%d) %s".formatted(++number, SafeText.line(suggestion, PROSE)), 6);
        }
      } else if (answer.skipped()) {
        lines.add("      " + style.warn("skipped, stays open"));
      } else {
        SafeText.block(answer.text()).lines().forEach(line -> prose(style.good(line), 6));
      }
    }
    for (PlanningMetadata.Round round : metadata.rounds()) {
      for (PlanningMetadata.Candidate candidate : round.candidates()) {
        if (candidate.error() != null) {
          prose(
              style.warn("! ") + SafeText.line(candidate.agent() + ": " + candidate.error(), PROSE),
              2);
        }
        if (candidate.traceLink() != null) {
          prose(
              style.dim(
                  SafeText.line(
                      "Trace of %s, round %d: %s"
                          .formatted(candidate.agent(), round.number(), candidate.traceLink()),
                      PROSE)),
              2);
        }
      }
    }
  }

  private void criteria(Spec spec) {
    if (spec.criteria().isEmpty()) {
      return;
    }
    heading("Acceptance criteria");
    for (Criterion criterion : spec.criteria()) {
      prose(style.bold(criterion.id()) + "  " + SafeText.line(criterion.text(), PROSE), 2);
    }
  }

  private void plan(Planning planning) {
    int number = 0;
    for (PlanPhase phase : planning.plan()) {
      heading("Phase %d: %s".formatted(++number, SafeText.line(phase.name(), 200)));
      phase.tasks().forEach(task -> prose("- " + SafeText.line(task, PROSE), 2));
    }
  }

  private void validation(Validation validation) {
    heading(validation.valid() ? style.good("Valid") : style.bad("Not valid"));
    for (Validation.Finding finding : validation.findings()) {
      boolean error = finding.severity() == Validation.Severity.ERROR;
      String mark = error ? style.bad(Marks.BAD) : style.warn("!");
      prose("%s %s: %s".formatted(mark, finding.id(), SafeText.line(finding.message(), PROSE)), 2);
    }
  }

  private void heading(String text) {
    lines.add("");
    lines.add(style.bold(text));
  }

  private void prose(String text, int indent) {
    lines.addAll(WrapText.lines(" ".repeat(indent) + text, columns, indent + 2));
  }
}
