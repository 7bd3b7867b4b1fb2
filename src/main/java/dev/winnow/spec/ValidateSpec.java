package dev.winnow.spec;

import dev.winnow.spec.Validation.Finding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of a spec, each with an id. */
final class ValidateSpec {

  private static final String CLARIFY = "[NEEDS CLARIFICATION";

  private final Spec spec;
  private final List<Finding> findings = new ArrayList<>();

  ValidateSpec(Spec spec) {
    this.spec = spec;
  }

  /**
   * @param repository what was found out about the repository elsewhere
   */
  List<Finding> findings(List<Finding> repository) {
    if (spec.task().isBlank()) {
      error("task-empty", "The task is empty: say what should change.");
    }
    if (spec.task().contains(CLARIFY)) {
      error(
          "needs-clarification",
          "The task has an open [NEEDS CLARIFICATION]: answer it in the text, or in the interview.");
    }
    if (!spec.phases().equals(spec.complexity().phases())) {
      error(
          "phases",
          "A %s spec goes through %s."
              .formatted(spec.complexity().label(), String.join(", ", spec.complexity().phases())));
    }
    criteria();
    Planning planning = spec.artifacts().planning();
    if (planning != null) {
      questions(planning);
      findings.addAll(FindContradictions.in(planning));
      plan(planning);
    }
    if (spec.artifacts().assessment().confidence() < 0.6) {
      findings.add(
          Finding.warning(
              "complexity-unsure",
              "The complexity (%s) is a guess at a border: see its signals."
                  .formatted(spec.complexity().label())));
    }
    findings.addAll(repository);
    return List.copyOf(findings);
  }

  private void criteria() {
    if (spec.criteria().isEmpty()) {
      error(
          "criteria-missing",
          "There are no acceptance criteria: hold the interview ('winnow plan %s')."
              .formatted(spec.id()));
    }
    Set<String> ids = new HashSet<>();
    Set<String> texts = new HashSet<>();
    for (Criterion criterion : spec.criteria()) {
      findings.addAll(CheckCriterion.problems(criterion));
      if (!ids.add(criterion.id())) {
        error(
            "criterion-twice", criterion.id() + " is there twice: give each criterion its own id.");
      }
      if (!texts.add(criterion.text().strip().toLowerCase(java.util.Locale.ROOT))) {
        error("criterion-twice", criterion.id() + " says what another criterion says already.");
      }
      if (criterion.text().contains(CLARIFY)) {
        error("needs-clarification", criterion.id() + " has an open [NEEDS CLARIFICATION].");
      }
    }
  }

  private void questions(Planning planning) {
    for (Question question : planning.open()) {
      error(
          "question-open", "%s is not answered: %s".formatted(question.id(), question.question()));
    }
    planning.unanswered().stream()
        .filter(question -> planning.answer(question.id()).isPresent())
        .forEach(question ->
            findings.add(
                Finding.warning(
                    "question-skipped",
                    "%s was skipped and stays open: %s"
                        .formatted(question.id(), question.question()))));
    if (planning.overview().contains(CLARIFY)) {
      error("needs-clarification", "The overview has an open [NEEDS CLARIFICATION].");
    }
  }

  private void plan(Planning planning) {
    int phases = planning.plan().size();
    Complexity complexity = spec.complexity();
    if (!spec.criteria().isEmpty() && phases == 0) {
      findings.add(Finding.warning("plan-missing", "There is no plan yet."));
    } else if (phases > complexity.mostPlanPhases()) {
      error(
          "plan-phases",
          "The plan has %d phases, a %s spec at most %d: join some, or split the spec."
              .formatted(phases, complexity.label(), complexity.mostPlanPhases()));
    } else if (phases > 0 && phases < complexity.fewestPlanPhases()) {
      findings.add(
          Finding.warning(
              "plan-phases",
              "The plan has %d phase, a %s spec usually %d or more."
                  .formatted(phases, complexity.label(), complexity.fewestPlanPhases())));
    }
    for (PlanPhase phase : planning.plan()) {
      if (phase.tasks().isEmpty()) {
        error("plan-empty-phase", "Phase '%s' has no task.".formatted(phase.name()));
      }
    }
  }

  private void error(String id, String message) {
    findings.add(Finding.error(id, message));
  }
}
