package dev.winnow.evidence.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's own command: what a run without a report says. */
class CommandRunnerExplainTest {

  private final CommandRunner runner = new CommandRunner("make test", "out/*.xml");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[ERROR] COMPILATION ERROR : ",
        "src/AppTest.java:3: error: cannot find symbol",
        "src/app.test.ts(3,1): error TS2339: Property 'x' does not exist",
        "error: could not compile `app` due to previous error",
        "FAIL\\texample.org/app [build failed]",
        "main.c:10:3: error: implicit declaration",
      })
  void testsThatDoNotCompileAreACompileFailure(String line) {
    assertThat(runner.explain("doing things\n" + line + "\n", Report.missing(""), 1))
        .hasValueSatisfying(
            why -> assertThat(why.verdict()).isEqualTo(TestRun.Verdict.COMPILE_FAILED));
  }

  @Test
  void anythingElseIsNotExplained() {
    assertThat(runner.explain("Segmentation fault\n", Report.missing(""), 139)).isEmpty();
    assertThat(runner.explain("", Report.missing(""), 1)).isEmpty();
  }

  @Test
  void aCommandThatDoesNotExistCouldNotRun() {
    assertThat(runner.explain("sh: 1: make: not found\n", Report.missing(""), 127))
        .hasValueSatisfying(
            why -> assertThat(why.verdict()).isEqualTo(TestRun.Verdict.COULD_NOT_RUN));
  }

  @Test
  void outputIsNotAskedOnceTestsReported() {
    Report reported =
        Report.complete(List.of(new TestResult("a", TestStatus.FAILED, "")), Set.of());
    assertThat(runner.explain("COMPILATION ERROR", reported, 1)).isEmpty();
  }
}
