package dev.winnow.spec;

import java.util.List;

/** A part of the plan that ends with something that works. */
public record PlanPhase(String name, List<String> tasks) {
  public PlanPhase {
    tasks = List.copyOf(tasks);
  }
}
