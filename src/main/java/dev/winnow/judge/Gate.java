package dev.winnow.judge;

import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestStatus;
import dev.winnow.evidence.tamper.TamperFinding;
import dev.winnow.judge.Veto.VetoClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The gate: what a candidate must not have done, and must have shown, before it is compared. */
final class Gate {

  private final Evidence evidence;

  Gate(Evidence evidence) {
    this.evidence = evidence;
  }

  /** Empty when the candidate may be compared. */
  List<Veto> vetoes(CandidateEvidence candidate) {
    if (candidate.agentFailure() != null) {
      return List.of(new Veto(VetoClass.AGENT_FAILED, candidate.agentFailure()));
    }
    List<Veto> vetoes = new ArrayList<>();
    for (TamperFinding finding : candidate.tamper()) {
      if (finding.veto()) {
        vetoes.add(new Veto(VetoClass.TAMPER, finding.text()));
      }
    }
    if (candidate.redProblem() != null) {
      vetoes.add(new Veto(VetoClass.NOT_RED, candidate.redProblem()));
    } else {
      ownTests(candidate, vetoes);
    }
    regression(candidate, vetoes);
    return vetoes;
  }

  private void ownTests(CandidateEvidence candidate, List<Veto> vetoes) {
    TestRun run = candidate.ownTests();
    TestSet set = candidate.tests();
    if (run == null || set == null) {
      vetoes.add(new Veto(VetoClass.OWN_TESTS_FAILED, "its own tests were never run on its code"));
      return;
    }
    switch (run.verdict()) {
      case RAN -> ownResults(candidate, set, run, vetoes);
      case COMPILE_FAILED -> vetoes.add(new Veto(VetoClass.BUILD, run.reason()));
      case TIMEOUT -> vetoes.add(new Veto(VetoClass.TIMEOUT, "its own tests: " + run.reason()));
      case COULD_NOT_RUN ->
          vetoes.add(new Veto(VetoClass.BUILD, "its own tests could not be run: " + run.reason()));
      case NO_TESTS, CRASHED, NOT_BELIEVED ->
          vetoes.add(new Veto(VetoClass.OWN_TESTS_FAILED, run.reason()));
    }
  }

  private void ownResults(
      CandidateEvidence candidate, TestSet set, TestRun run, List<Veto> vetoes) {
    Set<String> flaky = flaky(candidate.candidate(), candidate.candidate());
    Set<String> failing = new TreeSet<>(run.failing());
    failing.removeAll(flaky);
    if (!failing.isEmpty()) {
      vetoes.add(
          new Veto(
              VetoClass.OWN_TESTS_FAILED,
              failing.size() + " failed on its code: " + some(failing)));
      return;
    }
    // absent ones may have been a failed set-up, which has a name only as long as it fails
    Set<String> skipped = new TreeSet<>(run.ids(TestStatus.SKIPPED));
    skipped.retainAll(set.red());
    if (!skipped.isEmpty()) {
      vetoes.add(
          new Veto(
              VetoClass.OWN_TESTS_FAILED,
              "its own tests that were red on the base are skipped on its code: " + some(skipped)));
      return;
    }
    Set<String> turned = new TreeSet<>(run.ids(TestStatus.PASSED));
    if (!set.compileRed()) {
      turned.retainAll(set.red());
    }
    if (turned.isEmpty()) {
      vetoes.add(
          new Veto(
              VetoClass.OWN_TESTS_FAILED, "none of its tests that were red on the base is green"));
    } else if (flaky.containsAll(turned)) {
      vetoes.add(
          new Veto(
              VetoClass.FLAKY, "its own tests pass and fail on the same code: " + some(flaky)));
    }
  }

  private void regression(CandidateEvidence candidate, List<Veto> vetoes) {
    if (evidence.inventory().isEmpty()) {
      return;
    }
    MatrixCell cell = evidence.cell(TestSet.BASE, candidate.candidate()).orElse(null);
    if (cell == null) {
      if (vetoes.isEmpty()) {
        vetoes.add(new Veto(VetoClass.BUILD, "the existing tests were never run on its code"));
      }
      return;
    }
    switch (cell.outcome()) {
      case PASS -> {}
      // single flaky tests are no longer in the inventory: here the whole run ended differently,
      // and nobody knows whether the existing tests pass
      case FLAKY -> vetoes.add(new Veto(VetoClass.FLAKY, cell.reason()));
      case COMPILE, NOT_APPLICABLE -> vetoes.add(new Veto(VetoClass.BUILD, cell.reason()));
      case TIMEOUT -> vetoes.add(new Veto(VetoClass.TIMEOUT, cell.reason()));
      case ASSERTION, CRASH -> vetoes.add(new Veto(VetoClass.REGRESSION, cell.reason()));
      case COULD_NOT_RUN ->
          vetoes.add(
              new Veto(VetoClass.BUILD, "the existing tests could not be run: " + cell.reason()));
    }
  }

  private Set<String> flaky(String testSet, String candidate) {
    return evidence
        .cell(testSet, candidate)
        .map(cell -> (Set<String>) new TreeSet<>(cell.flaky()))
        .orElse(Set.of());
  }

  /** Up to three names, and how many more. */
  static String some(Collection<String> names) {
    String shown = names.stream().limit(3).collect(Collectors.joining(", "));
    return names.size() <= 3 ? shown : shown + " and " + (names.size() - 3) + " more";
  }
}
