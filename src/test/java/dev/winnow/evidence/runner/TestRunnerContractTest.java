package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.Cancellation;
import dev.winnow.evidence.runner.DetectRunner.Options;
import dev.winnow.evidence.runner.TestRun.Verdict;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every runner must do, each on a tiny project, for real, in the sandbox. */
@Order(1) // one of the longest
class TestRunnerContractTest {

  private static final Map<String, TestRun> PREPARED = new ConcurrentHashMap<>();

  private static final String MARK = "w0123456789abcdef";

  private static final TestSelection ALL = new TestSelection.All();

  /**
   * One runner's fixture.
   *
   * @param expected id to status of its base
   * @param newTest the file that the other parts add
   * @param broken verdict on a test that does not compile, load or start
   */
  record Case(
      String name,
      Options options,
      Map<String, TestStatus> expected,
      String newTest,
      Verdict broken) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case(
            "maven",
            Options.NONE,
            statuses(
                "demo.AppTest#runs=PASSED",
                "demo.SumTest#adds=PASSED",
                "demo.SumTest#failsByAssertion=FAILED",
                "demo.SumTest#failsByException=ERROR",
                "demo.SumTest#isSkipped=SKIPPED",
                "demo.SumTest#takes(int)[1]=PASSED",
                "demo.SumTest#takes(int)[2]=PASSED",
                "demo.SumTest$Inner#isNested=PASSED"),
            "core/src/test/java/demo/NewTest.java",
            Verdict.COMPILE_FAILED),
        new Case(
            "gradle",
            Options.NONE,
            statuses(
                "demo.OtherTest#standsElsewhere=PASSED",
                "demo.SumTest#adds=PASSED",
                "demo.SumTest#failsByAssertion=FAILED",
                "demo.SumTest#failsByException=ERROR",
                "demo.SumTest#isSkipped=SKIPPED"),
            "src/test/java/demo/NewTest.java",
            Verdict.COMPILE_FAILED),
        new Case(
            "node",
            Options.NONE,
            statuses(
                "test/sum.test.js::adds=PASSED",
                "test/sum.test.js::fails by assertion=FAILED",
                "test/sum.test.js::fails by exception=ERROR",
                "test/sum.test.js::is skipped=SKIPPED",
                "test/sum.test.js::outer > inner > is nested=PASSED"),
            "test/new.test.js",
            Verdict.COMPILE_FAILED),
        new Case(
            "unittest",
            Options.NONE,
            statuses(
                "tests/test_sums.py::SumsTest::test_adds=PASSED",
                "tests/test_sums.py::SumsTest::test_fails_by_assertion=FAILED",
                "tests/test_sums.py::SumsTest::test_fails_by_exception=ERROR",
                "tests/test_sums.py::SumsTest::test_has_sub_tests=PASSED",
                "tests/test_sums.py::SumsTest::test_is_expected_to_fail=PASSED",
                "tests/test_sums.py::SumsTest::test_is_skipped=SKIPPED"),
            "tests/test_new.py",
            Verdict.COMPILE_FAILED),
        new Case(
            "pytest",
            Options.NONE,
            statuses(
                "tests/test_sums.py::TestClass::test_takes[1]=PASSED",
                "tests/test_sums.py::TestClass::test_takes[2]=PASSED",
                "tests/test_sums.py::test_adds=PASSED",
                "tests/test_sums.py::test_fails_by_assertion=FAILED",
                "tests/test_sums.py::test_fails_by_exception=ERROR",
                "tests/test_sums.py::test_is_skipped=SKIPPED"),
            "tests/test_new.py",
            Verdict.COMPILE_FAILED),
        new Case(
            "go",
            Options.NONE,
            statuses(
                "example.com/demo::TestAdds=PASSED",
                "example.com/demo::TestFailsByAssertion=FAILED",
                "example.com/demo::TestIsSkipped=SKIPPED",
                "example.com/demo::TestOuter/is_nested=PASSED",
                "example.com/demo::TestOuter=PASSED"),
            "new_test.go",
            Verdict.COMPILE_FAILED),
        new Case(
            "cargo",
            Options.NONE,
            statuses(
                "src/lib.rs::tests::adds=PASSED",
                "src/lib.rs::tests::fails_by_assertion=FAILED",
                "src/lib.rs::tests::is_skipped=SKIPPED",
                "tests/integration.rs::works=PASSED"),
            "tests/new.rs",
            Verdict.COMPILE_FAILED),
        new Case(
            "command",
            new Options(null, "sh run.sh", "out/*.xml"),
            statuses(
                "demo.Sum#adds=PASSED",
                "demo.Sum#fails by assertion=FAILED",
                "demo.Sum#is skipped=SKIPPED"),
            "run.sh",
            Verdict.COULD_NOT_RUN));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyTestIsReportedWithItsStatus(Case test) {
    RunnerFixture fixture = RunnerFixture.of(test.name(), "base");
    PreparedRunner runner = prepared(test, fixture);
    int mustFail = addMustFail(test, fixture, runner);
    TestRun run = fixture.run(runner, ALL);
    assertThat(run.verdict()).as(run.toString()).isEqualTo(Verdict.RAN);
    Map<String, TestStatus> found = new TreeMap<>();
    run.results().forEach(r -> found.put(r.id(), r.status()));
    List<String> marked = found.keySet().stream().filter(id -> id.contains(MARK)).toList();
    assertThat(marked).as(run.output()).hasSize(mustFail);
    assertThat(marked)
        .allMatch(id -> List.of(TestStatus.FAILED, TestStatus.ERROR).contains(found.remove(id)));
    assertThat(found).isEqualTo(test.expected());
    assertThat(run.toString()).doesNotContain("\u001b");
    for (TestResult result : run.results()) {
      assertThat(fixture.files().keySet())
          .as(result.id())
          .anyMatch(
              f -> test.name().equals("command") || runner.runner().definedIn(result.id(), f));
    }
  }

  /** Beside the tests of the fixture, where the runner can; in the same run, as runs are dear. */
  private static int addMustFail(Case test, RunnerFixture fixture, PreparedRunner runner) {
    List<String> others =
        test.expected().keySet().stream()
            .map(id -> test.name().equals("go") ? "sum_test.go" : id.split("::", 2)[0])
            // node would run those that it loads a second time
            .filter(file -> !test.name().equals("node"))
            .distinct()
            .toList();
    var added = runner.runner().mustFail(others, fixture::read, MARK);
    added.ifPresent(tests -> tests.files().forEach(fixture::write));
    return added.map(MustFail::tests).orElse(0);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aTestThatNeedsWhatIsNotThereIsBroken(Case test) {
    RunnerFixture fixture = RunnerFixture.of(test.name(), "base", "compile");
    TestRun run = fixture.run(prepared(test, fixture), only(test));
    assertThat(run.verdict()).as(run.toString()).isEqualTo(test.broken());
    assertThat(run.reason()).isNotBlank().doesNotContain("\n");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aProcessThatEndsInTheMiddleHasCrashedWhateverItsStatus(Case test) {
    RunnerFixture fixture = RunnerFixture.of(test.name(), "base", "exits");
    TestRun run = fixture.run(prepared(test, fixture), only(test));
    // gradle takes a test process that left with status 0 for one without tests
    Verdict expected = test.name().equals("gradle") ? Verdict.NO_TESTS : Verdict.CRASHED;
    assertThat(run.verdict()).as(run.toString()).isEqualTo(expected);
    assertThat(run.results()).isEmpty();
  }

  private static TestSelection only(Case test) {
    return new TestSelection.Files(List.of(test.newTest()));
  }

  private static PreparedRunner prepared(Case test, RunnerFixture fixture) {
    FindTools tools = RunnerFixture.tools(test.name());
    for (String program : programs(test.name())) {
      assumeTrue(tools.path(program).isPresent(), program + " is not installed");
    }
    if (test.name().equals("gradle")) {
      assumeTrue(java.nio.file.Files.isDirectory(RunnerFixture.OLD_JDK), "no JDK for this gradle");
    }
    assertThat(PREPARED.computeIfAbsent(test.name(), _ -> prepare(test)).verdict())
        .as(PREPARED.toString())
        .isEqualTo(Verdict.RAN);
    PreparedRunner runner = fixture.bind(test.options(), tools);
    assertThat(runner.runner().name()).isEqualTo(test.name());
    return runner;
  }

  /** Dependencies are those of the base, whatever the candidate does. */
  private static TestRun prepare(Case test) {
    RunnerFixture base = RunnerFixture.of(test.name(), "base");
    return base.bind(test.options(), RunnerFixture.tools(test.name()))
        .prepare(base.workspace(), RunnerFixture.WALL, Cancellation.never());
  }

  private static List<String> programs(String name) {
    return switch (name) {
      case "maven" -> List.of("mvn");
      case "unittest" -> List.of("python3");
      case "command" -> List.of();
      default -> List.of(name);
    };
  }

  private static Map<String, TestStatus> statuses(String... lines) {
    Map<String, TestStatus> statuses = new TreeMap<>();
    for (String line : lines) {
      int end = line.lastIndexOf('=');
      statuses.put(line.substring(0, end), TestStatus.valueOf(line.substring(end + 1)));
    }
    return statuses;
  }
}
