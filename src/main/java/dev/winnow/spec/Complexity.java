package dev.winnow.spec;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/** How much work a request looks like; it decides the phases and how many questions are asked. */
public enum Complexity {
  SIMPLE(2, 1, 2),
  STANDARD(5, 1, 5),
  COMPLEX(8, 2, 10);

  private final int questions;
  private final int fewestPlanPhases;
  private final int mostPlanPhases;

  Complexity(int questions, int fewestPlanPhases, int mostPlanPhases) {
    this.questions = questions;
    this.fewestPlanPhases = fewestPlanPhases;
    this.mostPlanPhases = mostPlanPhases;
  }

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How many questions an interview may ask unless somebody says otherwise. */
  public int questions() {
    return questions;
  }

  /** What a spec of this kind goes through, in order. */
  public List<String> phases() {
    return switch (this) {
      case SIMPLE -> List.of("discovery", "quick-spec", "validation");
      case STANDARD ->
          List.of("discovery", "requirements", "context", "spec-writing", "planning", "validation");
      case COMPLEX ->
          List.of(
              "discovery",
              "requirements",
              "research",
              "context",
              "spec-writing",
              "self-critique",
              "planning",
              "validation");
    };
  }

  int fewestPlanPhases() {
    return fewestPlanPhases;
  }

  int mostPlanPhases() {
    return mostPlanPhases;
  }
}
