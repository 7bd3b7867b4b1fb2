package dev.winnow.judge;

import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.MatrixCell.Outcome;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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
    Set<String> ids = new TreeSet<>();
    for (MatrixCell cell : evidence.cells()) {
      if (cell.testSet().equals(set.id())) {
        flaky.addAll(cell.flaky());
        // the author's own run names the tests; independent ones have no author to ask
        if (cell.candidate().equals(set.id()) || set.id().equals(TestSet.TESTER)) {
          cell.results().forEach(result -> ids.add(result.id()));
        }
      }
    }
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

  private static boolean applies(MatrixCell cell, String id) {
    return cell.outcome() != Outcome.NOT_APPLICABLE && !cell.notApplicable().contains(id);
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
    for (TestResult result : cell.results()) {
      if (result.id().equals(id)) {
        return Optional.of(result.status() == TestStatus.PASSED);
      }
    }
    return Optional.of(false);
  }
}
