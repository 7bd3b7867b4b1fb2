package dev.winnow.evidence.runner;

import dev.winnow.workspace.CommandResult;
import java.util.List;
import java.util.Optional;

/**
 * The verdict of one test run. RAN needs a complete report and an exit status that say the same;
 * whatever else there is, is named, and none of it counts as passed.
 */
final class JudgeRun {

  private JudgeRun() {}

  static TestRun judge(TestRunner runner, CommandResult result, Report report, String output) {
    TestRunner.Explanation verdict = verdict(runner, result, report, output);
    boolean believed =
        verdict.verdict() == TestRun.Verdict.RAN || verdict.verdict() == TestRun.Verdict.NO_TESTS;
    return new TestRun(
        verdict.verdict(),
        believed ? report.results() : List.of(),
        result.exitStatus(),
        verdict.reason(),
        Excerpt.ofOutput(output),
        result.wall().toMillis());
  }

  private static TestRunner.Explanation verdict(
      TestRunner runner, CommandResult result, Report report, String output) {
    return switch (result.ending()) {
      case TIMEOUT ->
          say(TestRun.Verdict.TIMEOUT, "killed after " + result.wall().toSeconds() + " s");
      case SILENT ->
          say(
              TestRun.Verdict.TIMEOUT,
              "killed after a long silence, " + result.wall().toSeconds() + " s after its start");
      case TOO_MUCH_OUTPUT -> crashed("killed because it wrote too much output");
      case TOO_MUCH_DISK -> crashed("killed because it filled too much disk");
      case OUT_OF_MEMORY -> crashed("killed because it used too much memory");
      case CANCELLED -> crashed("cancelled");
      case EXITED -> exited(runner, result.exitStatus(), report, output);
    };
  }

  private static TestRunner.Explanation exited(
      TestRunner runner, int exit, Report report, String output) {
    if (report.state() == Report.State.SUSPICIOUS) {
      return say(TestRun.Verdict.NOT_BELIEVED, report.detail());
    }
    if (exit != 0) {
      Optional<TestRunner.Explanation> explanation = runner.explain(output, report, exit);
      if (explanation.isPresent()) {
        return explanation.get();
      }
    }
    return switch (report.state()) {
      case SUSPICIOUS -> say(TestRun.Verdict.NOT_BELIEVED, report.detail());
      case CUT_OFF -> crashed(report.detail());
      case MISSING ->
          exit == 0
              ? say(TestRun.Verdict.NO_TESTS, report.detail())
              : crashed("exit status " + exit + " and " + report.detail());
      case COMPLETE -> complete(exit, report);
    };
  }

  private static TestRunner.Explanation complete(int exit, Report report) {
    boolean failing = report.has(TestStatus.FAILED) || report.has(TestStatus.ERROR);
    if (exit == 0 && failing) {
      return say(TestRun.Verdict.NOT_BELIEVED, "exit status 0, but the report names failing tests");
    }
    if (!report.executed()) {
      if (!report.notLoaded().isEmpty()) {
        return say(TestRun.Verdict.COMPILE_FAILED, notLoaded(report));
      }
      return report.results().isEmpty() && exit != 0
          ? crashed("exit status " + exit + " and no test was reported")
          : say(TestRun.Verdict.NO_TESTS, noTests(report));
    }
    if (exit > 128) {
      return crashed("the test process was ended by signal " + (exit - 128));
    }
    if (exit != 0 && !failing) {
      return say(
          TestRun.Verdict.NOT_BELIEVED, "exit status " + exit + ", but every reported test passed");
    }
    return say(TestRun.Verdict.RAN, counts(report));
  }

  private static String notLoaded(Report report) {
    TestResult first =
        report.results().stream()
            .filter(r -> report.notLoaded().contains(r.id()))
            .findFirst()
            .orElseThrow();
    return "does not load: " + first.id() + ": " + lastLine(first.message());
  }

  /** The last line of a traceback is the one that says what happened. */
  private static String lastLine(String text) {
    List<String> lines = text.lines().filter(l -> !l.isBlank()).toList();
    return lines.isEmpty() ? "no reason given" : Excerpt.firstLine(lines.getLast());
  }

  private static String noTests(Report report) {
    return report.results().isEmpty()
        ? "no test was executed"
        : "no test was executed: all " + report.results().size() + " were skipped";
  }

  private static String counts(Report report) {
    long passed = count(report, TestStatus.PASSED);
    long failed = count(report, TestStatus.FAILED);
    long errors = count(report, TestStatus.ERROR);
    long skipped = count(report, TestStatus.SKIPPED);
    return passed
        + " passed, "
        + failed
        + " failed, "
        + errors
        + " errors, "
        + skipped
        + " skipped";
  }

  private static long count(Report report, TestStatus status) {
    return report.results().stream().filter(r -> r.status() == status).count();
  }

  private static TestRunner.Explanation crashed(String reason) {
    return say(TestRun.Verdict.CRASHED, reason);
  }

  private static TestRunner.Explanation say(TestRun.Verdict verdict, String reason) {
    return new TestRunner.Explanation(verdict, reason);
  }
}
