package dev.winnow.judge;

import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.MatrixCell.Outcome;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestStatus;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds the tests that may decide between candidates that passed the gate, and how each of them
 * fares.
 *
 * <p>A test counts when somebody else wrote it (the independent tester, or a candidate that passed
 * the gate itself), when it was red on the base, and when it never was flaky. It never counts for
 * its own author. A test that is red for three or more others and green for none of them is
 * evidence against the test, and so is a whole set of which no test is green for either of two
 * others: it may test its author instead of the request. (On real candidates, dropping single tests
 * on the word of two others costs 3 points of right picks; these two rules cost nothing.)
 */
final class CountTests {

  /**
   * One test that counts.
   *
   * @param author the candidate it does not count for, or {@link TestSet#TESTER}
   * @param passed by candidate; a candidate is absent when the test says nothing about it
   */
  record Counted(String author, String id, Map<String, Boolean> passed) {
    String name() {
      return author + "/" + id;
    }

    boolean independent() {
      return author.equals(TestSet.TESTER);
    }
  }

  private final Evidence evidence;
  private final List<CandidateEvidence> survivors;
  private final IdentityHashMap<MatrixCell, Set<String>> passing = new IdentityHashMap<>();
  private final IdentityHashMap<MatrixCell, Set<String>> notApplicable = new IdentityHashMap<>();

  CountTests(Evidence evidence, List<CandidateEvidence> survivors) {
    this.evidence = evidence;
    this.survivors = survivors;
  }

  List<Counted> count() {
    List<Counted> counted = new ArrayList<>();
    if (evidence.independent() != null) {
      count(evidence.independent(), counted);
    }
    for (CandidateEvidence author : survivors) {
      if (author.tests() != null) {
        count(author.tests(), counted);
      }
    }
    return counted;
  }

  private void count(TestSet set, List<Counted> counted) {
    List<String> others =
        survivors.stream()
            .map(CandidateEvidence::candidate)
            .filter(c -> !c.equals(set.id()))
            .toList();
    Set<String> flaky = new TreeSet<>();
    List<Set<String>> named = new ArrayList<>();
    for (MatrixCell cell : evidence.cells()) {
      if (cell.testSet().equals(set.id())) {
        flaky.addAll(cell.flaky());
        // the author's own run names the tests; independent ones have no author to ask, but each
        // cell that has results names all that were expected
        if (cell.candidate().equals(set.id())
            || (set.id().equals(TestSet.TESTER) && !cell.results().isEmpty())) {
          named.add(cell.results().stream().map(TestResult::id).collect(Collectors.toSet()));
        }
      }
    }
    Set<String> ids = named.isEmpty() ? new TreeSet<>() : new TreeSet<>(named.getFirst());
    named.forEach(ids::retainAll);
    if (!set.compileRed()) {
      ids.retainAll(set.red());
    }
    ids.removeAll(flaky);
    if (set.id().equals(TestSet.TESTER)) {
      ids.removeAll(evidence.dropped());
    }
    List<Counted> tests = new ArrayList<>();
    for (String id : ids) {
      Map<String, Boolean> passed = new TreeMap<>();
      boolean applies = appliesToOneOf(others, set.id(), id);
      for (String other : others) {
        passes(set.id(), other, id, applies).ifPresent(pass -> passed.put(other, pass));
      }
      if (!passed.isEmpty() && !(redForAll(passed) && passed.size() >= 3)) {
        tests.add(new Counted(set.id(), id, passed));
      }
    }
    boolean doubtful =
        tests.stream().allMatch(t -> redForAll(t.passed()) && t.passed().size() >= 2);
    if (!doubtful) {
      counted.addAll(tests);
    }
  }

  private static boolean redForAll(Map<String, Boolean> passed) {
    return !passed.containsValue(true);
  }

  /** Whether the code of somebody beside the author has the API that the test needs. */
  private boolean appliesToOneOf(List<String> others, String set, String id) {
    return others.stream()
        .flatMap(other -> evidence.cell(set, other).stream())
        .anyMatch(cell -> cell.outcome() != Outcome.COULD_NOT_RUN && applies(cell, id));
  }

  private boolean applies(MatrixCell cell, String id) {
    return cell.outcome() != Outcome.NOT_APPLICABLE
        && !notApplicable
            .computeIfAbsent(cell, one -> Set.copyOf(one.notApplicable()))
            .contains(id);
  }

  /**
   * Empty when the cell is no evidence about this candidate.
   *
   * @param appliesToOthers an API that others beside the author have was part of the request
   */
  private Optional<Boolean> passes(
      String set, String candidate, String id, boolean appliesToOthers) {
    MatrixCell cell = evidence.cell(set, candidate).orElse(null);
    if (cell == null || cell.outcome() == Outcome.COULD_NOT_RUN) {
      return Optional.empty();
    }
    if (!applies(cell, id)) {
      return appliesToOthers ? Optional.of(false) : Optional.empty();
    }
    return Optional.of(passing(cell).contains(id));
  }

  /** Kept by cell: a set may have thousands of tests, each asked for once by candidate. */
  private Set<String> passing(MatrixCell cell) {
    return passing.computeIfAbsent(
        cell,
        one ->
            one.results().stream()
                .filter(result -> result.status() == TestStatus.PASSED)
                .map(TestResult::id)
                .collect(Collectors.toSet()));
  }
}
