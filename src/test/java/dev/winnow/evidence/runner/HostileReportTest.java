package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.evidence.runner.DetectRunner.Options;
import dev.winnow.evidence.runner.TestRun.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reports that were forged, left behind or never written; real processes in the sandbox. */
class HostileReportTest {

  private static final String PASS =
      "<testsuite><testcase classname=\"C\" name=\"a\"/></testsuite>";

  private static TestRun run(RunnerFixture fixture, String command, Duration wall) {
    PreparedRunner runner =
        fixture.bind(new Options(null, command, "out/*.xml"), FindTools.onThisMachine());
    return runner.run(fixture.workspace(), new TestSelection.All(), wall, Cancellation.never());
  }

  private static RunnerFixture empty() {
    return RunnerFixture.of("command", "base");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true | NO_TESTS",
        "exit 3 | CRASHED",
        "mkdir -p out; ln -s /etc/passwd out/r.xml | NOT_BELIEVED",
        "mkdir -p out; mkfifo out/r.xml | NOT_BELIEVED",
        "mkdir -p out; cp good.txt out/a.xml; ln out/a.xml out/b.xml | NOT_BELIEVED",
        "mkdir -p out; cp good.txt out/r.xml; exit 1 | NOT_BELIEVED",
        "mkdir -p out; cp bad.txt out/r.xml; exit 0 | NOT_BELIEVED",
        "mkdir -p out; cp good.txt out/r.xml | RAN",
        "mkdir -p out; cp good.txt out/r.xml; kill -9 $$ | CRASHED",
        "mkdir -p out; cp good.txt out/r.xml; head -c 9 good.txt > out/z.xml | CRASHED",
        "mkdir -p out; head -c 30000000 /dev/zero > out/r.xml | NOT_BELIEVED",
        "mkdir -p out; cp good.txt out/r.xml; cp -p tests/test_a.py x; : > tests/test_a.py; cp -p x tests/test_a.py | NOT_BELIEVED",
        "mkdir -p out; cp good.txt out/r.xml; rm tests/test_a.py | NOT_BELIEVED",
        "mkdir -p out; cp good.txt out/r.xml; cat tests/test_a.py; echo 1 > tests/fixtures/a.py; echo 1 > tests/test_b.py | RAN",
        "no-such-program | COULD_NOT_RUN",
      })
  void onlyAReportThatAgreesWithTheExitStatusIsBelieved(String command, Verdict expected) {
    RunnerFixture fixture =
        empty()
            .write("good.txt", PASS)
            .write("tests/test_a.py", "assert True\n")
            .write("tests/fixtures/a.py", "data = 1\n")
            .write("bad.txt", PASS.replace("/></tests", "><failure/></testcase></tests"));
    TestRun run = run(fixture, command, RunnerFixture.WALL);
    assertThat(run.verdict()).as(run.toString()).isEqualTo(expected);
    assertThat(run.reason()).isNotBlank();
  }

  @Test
  void aReportThatWasThereBeforeIsGone() {
    RunnerFixture fixture = empty().write("out/old.xml", PASS);
    TestRun run = run(fixture, "true", RunnerFixture.WALL);
    assertThat(run.verdict()).isEqualTo(Verdict.NO_TESTS);
  }

  @Test
  void emptyingTheReportPlaceNeverFollowsALink() throws Exception {
    RunnerFixture fixture = empty();
    Path outside = Files.createDirectory(fixture.workspace().resolveSibling("outside"));
    Path precious = Files.writeString(outside.resolve("precious.xml"), "keep");
    Files.createSymbolicLink(fixture.workspace().resolve("out"), outside);
    var _ = run(fixture, "true", RunnerFixture.WALL);
    assertThat(precious).exists();
  }

  @Test
  void aCommandThatHangsIsATimeout() {
    TestRun run = run(empty(), "sleep 600", Duration.ofSeconds(1));
    assertThat(run.verdict()).isEqualTo(Verdict.TIMEOUT);
  }

  @Test
  void aCancelledRunIsNoResult() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel("stop");
    RunnerFixture fixture = empty();
    PreparedRunner runner =
        fixture.bind(new Options(null, "sleep 600", null), FindTools.onThisMachine());
    assertThatThrownBy(() ->
            runner.run(
                fixture.workspace(), new TestSelection.All(), RunnerFixture.WALL, cancellation))
        .isInstanceOf(Cancellation.Cancelled.class);
  }

  @Test
  void withoutAGlobTheCommandIsOneTest() {
    RunnerFixture fixture = empty();
    for (var expected : Map.of("true", TestStatus.PASSED, "exit 2", TestStatus.FAILED).entrySet()) {
      PreparedRunner runner =
          fixture.bind(new Options(null, expected.getKey(), null), FindTools.onThisMachine());
      assertThat(fixture.run(runner, new TestSelection.All()).results())
          .extracting(TestResult::id, TestResult::status)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("test-command", expected.getValue()));
    }
  }

  @Test
  void aMissingProgramIsNamedWithTheWayToGetIt() {
    FindTools nothing = new FindTools(List.of(), null, false, UserNetwork.of(Map.of()));
    assertThatThrownBy(() -> RunnerFixture.of("node", "base").bind(Options.NONE, nothing))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("needs node")
        .hasMessageContaining("install");
    assertThat(nothing.tools()).allMatch(t -> t.path().isEmpty() && !t.note().isBlank());
  }

  @Test
  void whatATestPrintsDoesNotMakeItAnInfrastructureFailure() {
    String printed =
        "[ERROR] Failed to execute goal on project x: Could not resolve dependencies\n";
    String real =
        "[INFO] BUILD FAILURE\n[ERROR] Failed to execute goal"
            + " org.apache.maven.plugins:maven-surefire-plugin:3.5.4:test (default-test) on project"
            + " core: There are test failures.\n";
    assertThat(ExplainMaven.explain(printed + real)).isEmpty();
    assertThat(ExplainMaven.explain("[INFO] BUILD FAILURE\n" + printed))
        .hasValueSatisfying(e -> assertThat(e.verdict()).isEqualTo(Verdict.COULD_NOT_RUN));
  }

  private static RunPlace place(Path directory) {
    return new RunPlace(directory, directory, directory, directory, FindTools.onThisMachine());
  }

  @Test
  void numbersThatNobodyCanReadAreNoReportOfCargo(@TempDir Path directory) throws IOException {
    String many = "9".repeat(30);
    Path file =
        Files.writeString(
            directory.resolve(RunPlace.OUTPUT),
            "running %s tests\nrunning 1 test\ntest a ... ok\ntest result: ok. %s passed; 0 failed; 0 ignored; 0\n"
                .formatted(many, many));
    assertThat(ReadCargoText.read(file, directory).state()).isEqualTo(Report.State.CUT_OFF);
  }

  @Test
  void anEndlessTaskNameOfGradleIsJustAnotherFailure() {
    String output = "What went wrong:\nExecution failed for task '" + ":a".repeat(100_000) + "'.";
    assertThat(new GradleRunner().explain(output, Report.missing(""), 1)).isEmpty();
    assertThat(
            new GradleRunner()
                .explain(output.replace(":a", "") + "\n':m:compileJava'", Report.missing(""), 1))
        .isEmpty();
    assertThat(
            new GradleRunner()
                .explain(
                    "What went wrong:\nExecution failed for task ':m:compileTestJava'.",
                    Report.missing(""),
                    1))
        .hasValueSatisfying(e -> assertThat(e.verdict()).isEqualTo(Verdict.COMPILE_FAILED));
  }

  @Test
  void aTestFileIsNeverTakenForAnOption(@TempDir Path directory) {
    TestSelection option = new TestSelection.Files(List.of("--import=data.test.js"));
    assertThat(new NodeRunner(List.of(), Map.of()).tests(place(directory), option).argv())
        .contains("./--import=data.test.js")
        .doesNotContain("--import=data.test.js");
  }

  @Test
  void cargoRunsAllTestsOfFilesWhoseTargetOnlyItKnows(@TempDir Path directory) {
    CargoRunner cargo = new CargoRunner();
    RunPlace place = place(directory);
    assertThat(cargo.tests(place, new TestSelection.Files(List.of("tests/a.rs"))).argv())
        .contains("--test=a");
    for (String path : List.of("core/tests/a.rs", "src/tests.rs", "tests/a/main.rs")) {
      TestSelection files = new TestSelection.Files(List.of("tests/b.rs", path));
      assertThat(cargo.tests(place, files).argv()).as(path).endsWith("--color=never");
    }
  }

  @Test
  void aTestFileOfNodeCannotTakeAwayTheRecordOfItsProcess() {
    RunnerFixture fixture =
        RunnerFixture.of("node", "base")
            .write(
                "gone.test.js",
                """
                const fs = require('node:fs');
                require('node:test')('passes', () => {
                  for (const fd of fs.readdirSync('/proc/self/fd')) {
                    try {
                      const file = fs.readlinkSync('/proc/self/fd/' + fd);
                      if (file.endsWith('ends.jsonl')) fs.unlinkSync(file);
                    } catch (e) {}
                  }
                });
                """);
    PreparedRunner runner =
        fixture.bind(new Options("node", null, null), FindTools.onThisMachine());
    TestRun run = fixture.run(runner, new TestSelection.Files(List.of("gone.test.js")));
    assertThat(run.verdict()).as(run.toString()).isEqualTo(Verdict.NOT_BELIEVED);
  }
}
