package dev.winnow.evidence;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything a decision rests on; stored as JSON, so that the decision can be computed again.
 *
 * @param inventory ids of the base's tests that passed on the base
 * @param excluded ids of the base's tests that failed, were skipped or flaky on the base
 * @param independent the independent tester's set, or null
 * @param dropped ids of independent tests that were red for every candidate, left out of the cells
 */
public record Evidence(
    List<CandidateEvidence> candidates,
    List<MatrixCell> cells,
    Set<String> inventory,
    Set<String> excluded,
    @Nullable TestSet independent,
    Set<String> dropped) {

  public Evidence {
    candidates = List.copyOf(candidates);
    cells = List.copyOf(cells);
    inventory = java.util.Collections.unmodifiableSet(new TreeSet<>(inventory));
    excluded = java.util.Collections.unmodifiableSet(new TreeSet<>(excluded));
    dropped = java.util.Collections.unmodifiableSet(new TreeSet<>(dropped));
  }

  public Optional<MatrixCell> cell(String testSet, String candidate) {
    return cells.stream()
        .filter(c -> c.testSet().equals(testSet) && c.candidate().equals(candidate))
        .findFirst();
  }
}
