package dev.winnow.judge;

import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.CandidateEvidence.DiffSize;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.MatrixCell.Outcome;
import dev.winnow.evidence.TestSet;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestStatus;
import dev.winnow.evidence.tamper.TamperFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Builds evidence from lines such as {@code cell("c1", "c2", "t1+ t2-")}. */
final class EvidenceBuilder {

  private final Map<String, CandidateEvidence> candidates = new TreeMap<>();
  private final List<MatrixCell> cells = new ArrayList<>();
  private @Nullable TestSet independent;
  private Set<String> inventory = Set.of();

  /** A candidate whose own tests were red and are green. */
  EvidenceBuilder candidate(String id, int lines, String... tests) {
    TestSet set = new TestSet(id, "tree", List.of("Test.java"), Set.of(tests), false);
    candidates.put(
        id,
        new CandidateEvidence(
            id,
            "agent-" + id,
            null,
            null,
            ran(TestStatus.PASSED, tests),
            set,
            "tree",
            new DiffSize(1, lines, 0, 0),
            List.of()));
    cells.add(cellOf(id, id, Outcome.PASS, ran(TestStatus.PASSED, tests).results()));
    return this;
  }

  EvidenceBuilder tamper(String id, boolean veto) {
    CandidateEvidence c = known(id);
    return replace(
        id,
        c.ownTests(),
        List.of(
            new TamperFinding(
                TamperFinding.Kind.TEST_WEAKENED, veto, "T.java", "removed an assertion")));
  }

  EvidenceBuilder hint(String id, String file) {
    return replace(
        id,
        known(id).ownTests(),
        List.of(new TamperFinding(TamperFinding.Kind.EARLY_EXIT, false, file, "can end it")));
  }

  EvidenceBuilder ownTests(String id, TestRun run) {
    return replace(id, run, known(id).tamper());
  }

  EvidenceBuilder agentFailed(String id) {
    candidates.put(
        id,
        new CandidateEvidence(
            id,
            "agent-" + id,
            "it changed nothing",
            null,
            null,
            null,
            "tree",
            DiffSize.NONE,
            List.of()));
    return this;
  }

  private CandidateEvidence known(String id) {
    return Objects.requireNonNull(candidates.get(id), id);
  }

  private EvidenceBuilder replace(String id, @Nullable TestRun own, List<TamperFinding> tamper) {
    CandidateEvidence c = known(id);
    candidates.put(
        id,
        new CandidateEvidence(id, c.agent(), null, null, own, c.tests(), "tree", c.diff(), tamper));
    return this;
  }

  EvidenceBuilder independent(String... red) {
    independent = new TestSet(TestSet.TESTER, "tree", List.of("T.java"), Set.of(red), false);
    return this;
  }

  EvidenceBuilder inventory(String... ids) {
    inventory = Set.of(ids);
    return this;
  }

  /**
   * Results as {@code id+} passed, {@code id-} failed, {@code id~} flaky, {@code id/} skipped,
   * {@code id?} not applicable.
   */
  EvidenceBuilder cell(String set, String candidate, String results) {
    List<TestResult> parsed = new ArrayList<>();
    List<String> flaky = new ArrayList<>();
    List<String> notApplicable = new ArrayList<>();
    for (String word : results.split(" ")) {
      String id = word.substring(0, word.length() - 1);
      switch (word.charAt(word.length() - 1)) {
        case '+' -> parsed.add(new TestResult(id, TestStatus.PASSED, ""));
        case '-' -> parsed.add(new TestResult(id, TestStatus.FAILED, "expected 1"));
        case '/' -> parsed.add(new TestResult(id, TestStatus.SKIPPED, ""));
        case '?' -> {
          parsed.add(new TestResult(id, TestStatus.SKIPPED, "no such API"));
          notApplicable.add(id);
        }
        case '~' -> flaky.add(id);
        default -> throw new IllegalArgumentException(word);
      }
    }
    boolean failed = parsed.stream().anyMatch(r -> r.status() == TestStatus.FAILED);
    cells.removeIf(c -> c.testSet().equals(set) && c.candidate().equals(candidate));
    Outcome outcome = failed ? Outcome.ASSERTION : Outcome.PASS;
    cells.add(new MatrixCell(set, candidate, outcome, "because", parsed, flaky, notApplicable));
    return this;
  }

  EvidenceBuilder cell(String set, String candidate, Outcome outcome) {
    cells.add(cellOf(set, candidate, outcome, List.of()));
    return this;
  }

  Evidence build() {
    return new Evidence(
        List.copyOf(candidates.values()), cells, inventory, Set.of(), independent, Set.of());
  }

  Decision decide() {
    return Judge.decide(build());
  }

  static TestRun ran(TestStatus status, String... ids) {
    List<TestResult> results = new ArrayList<>();
    for (String id : ids) {
      results.add(new TestResult(id, status, ""));
    }
    return new TestRun(TestRun.Verdict.RAN, results, 0, "ran", "", 1);
  }

  static TestRun run(TestRun.Verdict verdict) {
    return new TestRun(verdict, List.of(), 1, "because", "", 1);
  }

  private static MatrixCell cellOf(
      String set, String candidate, Outcome outcome, List<TestResult> results) {
    return new MatrixCell(set, candidate, outcome, "because", results, List.of(), List.of());
  }
}
