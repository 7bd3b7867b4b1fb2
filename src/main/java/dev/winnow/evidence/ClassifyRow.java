package dev.winnow.evidence;

import dev.winnow.evidence.MatrixCell.Outcome;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Turns the runs of one test set against all candidates into cells. A pure function: what a run
 * means depends on the other runs of its row, for example which tests are flaky and which exist.
 */
final class ClassifyRow {

  /**
   * What is known beside the runs.
   *
   * @param set the set's id
   * @param files the set's test files; empty for the base
   * @param expected ids that each run must have executed
   * @param builds candidates whose code is known to compile and load
   */
  record Row(
      String set,
      List<String> files,
      Set<String> expected,
      Map<String, SettledRun> runs,
      Set<String> builds) {}

  /** Whether the author's change brought a name that the candidate's code does not have. */
  interface Apis {
    boolean onlyOf(String author, String candidate, String name);
  }

  /** Whether a test with this id can stand in this file. */
  interface Defined {
    boolean in(String id, String path);
  }

  private final Row row;
  private final Apis apis;
  private final Defined defined;
  private final Set<String> flaky = new TreeSet<>();
  private final Set<String> dropped = new TreeSet<>();

  ClassifyRow(Row row, Apis apis, Defined defined) {
    this.row = row;
    this.apis = apis;
    this.defined = defined;
    row.runs().values().forEach(settled -> flaky.addAll(settled.flaky()));
  }

  /** Ids of independent tests that were red for every candidate; known after {@link #cells}. */
  Set<String> dropped() {
    return dropped;
  }

  List<MatrixCell> cells() {
    boolean tester = row.set().equals(TestSet.TESTER);
    if (tester) {
      dropped.addAll(redForAll());
    }
    List<MatrixCell> cells = new ArrayList<>();
    row.runs().forEach((candidate, settled) -> cells.add(cell(candidate, settled)));
    if (tester && cells.stream().allMatch(cell -> cell.outcome() == Outcome.COMPILE)) {
      return cells.stream()
          .map(cell ->
              bare(
                  cell.candidate(),
                  Outcome.NOT_APPLICABLE,
                  "compiles or loads with no candidate's code, which speaks against the tests"))
          .toList();
    }
    return cells;
  }

  /** With one candidate alone nothing tells a wrong test from a wrong candidate. */
  private Set<String> redForAll() {
    List<SettledRun> ran = row.runs().values().stream().filter(s -> s.run().ran()).toList();
    if (ran.size() < 2) {
      return Set.of();
    }
    Set<String> red = ran.getFirst().run().failing();
    ran.forEach(settled -> red.retainAll(settled.run().failing()));
    return red;
  }

  private MatrixCell cell(String candidate, SettledRun settled) {
    TestRun run = settled.run();
    if (settled.unstable()) {
      return bare(candidate, Outcome.FLAKY, "ended differently on the same code: " + run.reason());
    }
    return switch (run.verdict()) {
      case RAN -> ran(candidate, run);
      case COMPILE_FAILED -> compile(candidate, run);
      case TIMEOUT -> bare(candidate, Outcome.TIMEOUT, run.reason());
      case CRASHED, NOT_BELIEVED -> bare(candidate, Outcome.CRASH, run.reason());
      case NO_TESTS ->
          bare(
              candidate,
              Outcome.CRASH,
              "no test ran (%s), expected were %s"
                  .formatted(run.reason(), QuoteOutput.some(row.expected())));
      case COULD_NOT_RUN -> bare(candidate, Outcome.COULD_NOT_RUN, run.reason());
    };
  }

  private boolean foreign(String candidate) {
    return !row.set().equals(candidate) && ofCandidate();
  }

  private boolean ofCandidate() {
    return !row.set().equals(TestSet.BASE) && !row.set().equals(TestSet.TESTER);
  }

  private MatrixCell compile(String candidate, TestRun run) {
    boolean missing = MissingSymbol.explains(run.reason() + "\n" + run.output());
    if (foreign(candidate) && missing && row.builds().contains(candidate)) {
      return bare(
          candidate,
          Outcome.NOT_APPLICABLE,
          "needs an API that only the code of %s has: %s".formatted(row.set(), run.reason()));
    }
    return bare(candidate, Outcome.COMPILE, run.reason());
  }

  private MatrixCell ran(String candidate, TestRun run) {
    Map<String, TestResult> results = counting(run);
    Set<String> missing = new TreeSet<>(row.expected());
    missing.removeAll(flaky);
    missing.removeAll(dropped);
    missing.removeAll(results.keySet());
    Set<String> excused = foreign(candidate) ? excuse(candidate, results, missing) : Set.of();
    Set<String> skipped = with(results, EnumSet.of(TestStatus.SKIPPED));
    skipped.retainAll(row.expected());
    skipped.removeAll(excused);
    Set<String> failing = with(results, EnumSet.of(TestStatus.FAILED, TestStatus.ERROR));
    long passed = with(results, EnumSet.of(TestStatus.PASSED)).size();
    long inapplicable = excused.stream().filter(results::containsKey).count();
    missing.forEach(
        id -> results.put(id, new TestResult(id, TestStatus.ERROR, "expected, but did not run")));
    List<String> wrong = new ArrayList<>();
    part(wrong, failing, "failed");
    part(wrong, missing, "did not run though expected");
    part(wrong, skipped, "were skipped though expected");
    Summary summary =
        wrong.isEmpty()
            ? nothingWrong(passed, inapplicable)
            : new Summary(
                failing.isEmpty() ? Outcome.CRASH : Outcome.ASSERTION,
                String.join("; ", wrong) + leftOut(inapplicable));
    return new MatrixCell(
        row.set(),
        candidate,
        summary.outcome(),
        summary.reason(),
        List.copyOf(results.values()),
        List.copyOf(flaky),
        List.copyOf(excused));
  }

  /** What a cell says as a whole. */
  private record Summary(Outcome outcome, String reason) {}

  /** Results by id, without those that nobody in this row can have. */
  private Map<String, TestResult> counting(TestRun run) {
    Map<String, TestResult> results = new TreeMap<>();
    for (TestResult result : run.results()) {
      String id = result.id();
      if (!flaky.contains(id)
          && !dropped.contains(id)
          && (row.expected().contains(id) || countsUnexpected(result))) {
        results.put(id, result);
      }
    }
    return results;
  }

  /**
   * A candidate's set is what its author says. Of an independent one only failures count beside
   * what is expected, such as a file that does not load; of the base's nothing does.
   */
  private boolean countsUnexpected(TestResult result) {
    boolean red = result.status() == TestStatus.ERROR || result.status() == TestStatus.FAILED;
    return ofCandidate() || (row.set().equals(TestSet.TESTER) && red);
  }

  private static Set<String> with(Map<String, TestResult> results, Set<TestStatus> statuses) {
    return results.values().stream()
        .filter(result -> statuses.contains(result.status()))
        .map(TestResult::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Takes out the failures that only say that the author's API is not there.
   *
   * @return the ids that they were about. What a test says of itself is hostile, so nothing but
   *     this set tells an excused test from a skipped one
   */
  private Set<String> excuse(
      String candidate, Map<String, TestResult> results, Set<String> missing) {
    Set<String> excused = new TreeSet<>();
    for (TestResult result : List.copyOf(results.values())) {
      boolean red = result.status() == TestStatus.ERROR || result.status() == TestStatus.FAILED;
      String name = red ? MissingSymbol.name(result.message()).orElse("") : "";
      if (name.isEmpty()
          || !row.builds().contains(candidate)
          || !apis.onlyOf(row.set(), candidate, name)) {
        continue;
      }
      String why = "not applicable: only the code of " + row.set() + " has " + name;
      results.put(result.id(), new TestResult(result.id(), TestStatus.SKIPPED, why));
      excused.add(result.id());
      if (row.files().contains(result.id())) {
        missing.stream().filter(id -> defined.in(id, result.id())).forEach(excused::add);
      }
    }
    missing.removeAll(excused);
    return excused;
  }

  private Summary nothingWrong(long passed, long inapplicable) {
    if (passed > 0) {
      return new Summary(Outcome.PASS, passed + " passed" + leftOut(inapplicable));
    }
    if (inapplicable > 0) {
      return new Summary(
          Outcome.NOT_APPLICABLE,
          "all tests need an API that only the code of " + row.set() + " has");
    }
    if (!flaky.isEmpty()) {
      return new Summary(Outcome.FLAKY, "all its tests are flaky: " + QuoteOutput.some(flaky));
    }
    return dropped.isEmpty()
        ? new Summary(Outcome.CRASH, "no test was executed")
        : new Summary(
            Outcome.NOT_APPLICABLE,
            "its tests are red for every candidate, which speaks against the tests");
  }

  /** What the counts of a reason do not contain, or empty. */
  private String leftOut(long inapplicable) {
    String api =
        inapplicable == 0 ? "" : "; %d need an API of %s".formatted(inapplicable, row.set());
    return flaky.isEmpty() ? api : api + "; flaky, counted for nobody: " + QuoteOutput.some(flaky);
  }

  private static void part(List<String> parts, Collection<String> ids, String what) {
    if (!ids.isEmpty()) {
      parts.add("%d %s: %s".formatted(ids.size(), what, QuoteOutput.some(ids)));
    }
  }

  private MatrixCell bare(String candidate, Outcome outcome, String reason) {
    String why = reason.isBlank() ? outcome.label() : reason;
    return new MatrixCell(
        row.set(), candidate, outcome, why, List.of(), List.copyOf(flaky), List.of());
  }
}
