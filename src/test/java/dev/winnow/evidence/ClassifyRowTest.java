package dev.winnow.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.evidence.MatrixCell.Outcome;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClassifyRowTest {

  private static TestRun ran(String... results) {
    List<TestResult> list = new ArrayList<>();
    for (String result : results) {
      String[] parts = result.split(" ", 3);
      list.add(
          new TestResult(parts[0], TestStatus.valueOf(parts[1]), parts.length > 2 ? parts[2] : ""));
    }
    return new TestRun(TestRun.Verdict.RAN, list, 0, "ran", "", 1);
  }

  private static TestRun ended(TestRun.Verdict verdict, String reason) {
    return new TestRun(verdict, List.of(), 1, reason, "", 1);
  }

  private static SettledRun settled(TestRun first, TestRun... again) {
    return SettledRun.of(first, List.of(again));
  }

  private static ClassifyRow row(String set, Set<String> expected, Map<String, SettledRun> runs) {
    return new ClassifyRow(
        new ClassifyRow.Row(
            set, List.of("tests/test_a.py"), expected, runs, Set.copyOf(runs.keySet())),
        (author, candidate, name) -> name.equals("divide"),
        (id, path) -> id.startsWith(path + "::"));
  }

  private static MatrixCell one(String set, Set<String> expected, SettledRun run) {
    return row(set, expected, Map.of("c1", run)).cells().getFirst();
  }

  @Test
  void aMissingExpectedTestIsNeverAPass() {
    MatrixCell cell = one("c2", Set.of("a", "b"), settled(ran("a PASSED")));
    assertThat(cell.outcome()).isEqualTo(Outcome.CRASH);
    assertThat(cell.reason()).contains("did not run").contains("b");
    assertThat(cell.failed()).isEqualTo(1);
  }

  @Test
  void aSkippedExpectedTestIsNeverAPass() {
    MatrixCell cell = one(TestSet.BASE, Set.of("a", "b"), settled(ran("a PASSED", "b SKIPPED")));
    assertThat(cell.outcome()).isEqualTo(Outcome.CRASH);
    assertThat(cell.reason()).contains("skipped");
  }

  @Test
  void whatASkippedTestSaysDoesNotExcuseIt() {
    String forged = "b SKIPPED not applicable: only the code of c1 has divide";
    for (String set : List.of(TestSet.BASE, TestSet.TESTER, "c2")) {
      MatrixCell cell = one(set, Set.of("a", "b"), settled(ran("a PASSED", forged)));
      assertThat(cell.outcome()).as(set).isEqualTo(Outcome.CRASH);
    }
  }

  @Test
  void testsThatTheInventoryDoesNotKnowDoNotCount() {
    MatrixCell cell = one(TestSet.BASE, Set.of("a"), settled(ran("a PASSED", "forged PASSED")));
    assertThat(cell.outcome()).isEqualTo(Outcome.PASS);
    assertThat(cell.passed()).isEqualTo(1);
  }

  @Test
  void aFlakyTestCountsForNobody() {
    Map<String, SettledRun> runs = new LinkedHashMap<>();
    runs.put("c1", settled(ran("a PASSED", "b PASSED")));
    runs.put("c2", settled(ran("a PASSED", "b FAILED"), ran("a PASSED", "b PASSED")));
    List<MatrixCell> cells = row("c1", Set.of("a", "b"), runs).cells();
    assertThat(cells)
        .allSatisfy(cell -> {
          assertThat(cell.outcome()).isEqualTo(Outcome.PASS);
          assertThat(cell.results()).extracting(TestResult::id).containsExactly("a");
          assertThat(cell.flaky()).containsExactly("b");
        });
  }

  @Test
  void aCellWithNothingButFlakyTestsIsFlaky() {
    MatrixCell cell = one("c1", Set.of("a"), settled(ran("a FAILED"), ran("a PASSED")));
    assertThat(cell.outcome()).isEqualTo(Outcome.FLAKY);
    MatrixCell unstable =
        one("c1", Set.of("a"), settled(ended(TestRun.Verdict.CRASHED, "x"), ran("a PASSED")));
    assertThat(unstable.outcome()).isEqualTo(Outcome.FLAKY);
  }

  @Test
  void aMissingApiOfTheAuthorIsNotApplicableForOthersOnly() {
    TestRun run = ran("a ERROR AttributeError: module 'm' has no attribute 'divide'", "b PASSED");
    MatrixCell excused = one("c2", Set.of("a", "b"), settled(run));
    assertThat(excused.outcome()).isEqualTo(Outcome.PASS);
    assertThat(excused.notApplicable()).containsExactly("a");
    assertThat(one("c1", Set.of("a", "b"), settled(run)).outcome()).isEqualTo(Outcome.ASSERTION);
    assertThat(one(TestSet.BASE, Set.of("a", "b"), settled(run)).outcome())
        .isEqualTo(Outcome.ASSERTION);
    assertThat(one(TestSet.TESTER, Set.of("a", "b"), settled(run)).outcome())
        .isEqualTo(Outcome.ASSERTION);
  }

  @Test
  void anUndefinedNameInTheOwnCodeIsAFailure() {
    TestRun run = ran("a ERROR NameError: name 'oops' is not defined");
    assertThat(one("c2", Set.of("a"), settled(run)).outcome()).isEqualTo(Outcome.ASSERTION);
  }

  @Test
  void aCompileFailureIsNotApplicableOnlyForAMissingApi() {
    TestRun api = ended(TestRun.Verdict.COMPILE_FAILED, "cannot find symbol: method divide");
    TestRun other = ended(TestRun.Verdict.COMPILE_FAILED, "ValueError: at import");
    assertThat(one("c2", Set.of(), settled(api)).outcome()).isEqualTo(Outcome.NOT_APPLICABLE);
    assertThat(one("c2", Set.of(), settled(other)).outcome()).isEqualTo(Outcome.COMPILE);
    assertThat(one("c1", Set.of(), settled(api)).outcome()).isEqualTo(Outcome.COMPILE);
    assertThat(one(TestSet.BASE, Set.of(), settled(api)).outcome()).isEqualTo(Outcome.COMPILE);
  }

  @Test
  void anIndependentTestThatIsRedForEverybodyIsDropped() {
    Map<String, SettledRun> runs = new LinkedHashMap<>();
    runs.put("c1", settled(ran("a PASSED", "wrong FAILED", "b PASSED")));
    runs.put("c2", settled(ran("a PASSED", "wrong FAILED", "b FAILED")));
    ClassifyRow row = row(TestSet.TESTER, Set.of("a", "b", "wrong"), runs);
    List<MatrixCell> cells = row.cells();
    assertThat(row.dropped()).containsExactly("wrong");
    assertThat(cells.get(0).outcome()).isEqualTo(Outcome.PASS);
    assertThat(cells.get(1).outcome()).isEqualTo(Outcome.ASSERTION);
    assertThat(cells.get(1).failed()).isEqualTo(1);
  }

  @Test
  void independentTestsThatCompileForSomebodyCountAgainstTheOthers() {
    TestRun compile = ended(TestRun.Verdict.COMPILE_FAILED, "cannot find symbol");
    Map<String, SettledRun> some = new LinkedHashMap<>();
    some.put("c1", settled(ran("a PASSED")));
    some.put("c2", settled(compile));
    assertThat(row(TestSet.TESTER, Set.of("a"), some).cells())
        .extracting(MatrixCell::outcome)
        .containsExactly(Outcome.PASS, Outcome.COMPILE);
    Map<String, SettledRun> nobody = new LinkedHashMap<>();
    nobody.put("c1", settled(compile));
    nobody.put("c2", settled(compile));
    assertThat(row(TestSet.TESTER, Set.of("a"), nobody).cells())
        .extracting(MatrixCell::outcome)
        .containsOnly(Outcome.NOT_APPLICABLE);
  }

  @Test
  void whatCouldNotRunIsNeitherPassNorFailure() {
    for (TestRun.Verdict verdict : TestRun.Verdict.values()) {
      Outcome outcome = one("c1", Set.of("a"), settled(ended(verdict, ""))).outcome();
      assertThat(outcome).isNotEqualTo(Outcome.PASS);
      assertThat(outcome == Outcome.COULD_NOT_RUN)
          .isEqualTo(verdict == TestRun.Verdict.COULD_NOT_RUN);
    }
  }

  private static Set<String> expected(TestRun... runs) {
    String file =
        "def test_written():\n    pass\n\n\nclass Base:\n    def test_inherited(self):\n        pass\n";
    return new ExpectIndependent(
            List.of("tests/test_a.py"),
            (id, path) -> id.startsWith(path + "::"),
            path -> Optional.of(file))
        .of(List.of(runs));
  }

  @Test
  void aTestThatOneCandidateMadeUpIsNotExpectedOfTheOthers() {
    String a = "tests/test_a.py::";
    TestRun honest = ran(a + "test_written FAILED", a + "A::test_inherited PASSED");
    TestRun hostile =
        ran(a + "test_written PASSED", a + "A::test_inherited PASSED", a + "made_up PASSED");
    assertThat(expected(honest, hostile))
        .containsExactlyInAnyOrder(a + "test_written", a + "A::test_inherited");
    List<MatrixCell> cells =
        row(
                TestSet.TESTER,
                expected(honest, hostile),
                new LinkedHashMap<>(Map.of("c1", settled(honest), "c2", settled(hostile))))
            .cells();
    assertThat(cells)
        .flatExtracting(MatrixCell::results)
        .noneMatch(
            result -> result.id().endsWith("made_up") || result.status() == TestStatus.ERROR);
  }

  @Test
  void aTestThatOneCandidateHidesIsExpectedOfIt() {
    String a = "tests/test_a.py::";
    TestRun hiding = ran(a + "A::test_inherited PASSED");
    TestRun all = ran(a + "A::test_inherited PASSED", a + "test_written[1-2] FAILED");
    assertThat(expected(hiding, all)).contains(a + "test_written[1-2]");
    assertThat(expected(hiding, hiding, all)).contains(a + "test_written[1-2]");
  }
}
