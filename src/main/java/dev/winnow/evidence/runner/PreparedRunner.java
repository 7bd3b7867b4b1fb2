package dev.winnow.evidence.runner;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.workspace.CommandResult;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A detected runner bound to the tools, caches and sandbox of this machine. Thread-safe. */
public final class PreparedRunner {

  private final TestRunner runner;
  private final String why;
  private final Sandbox sandbox;
  private final FindTools tools;
  private final RunnerFiles files;

  PreparedRunner(
      TestRunner runner, String why, Sandbox sandbox, FindTools tools, RunnerFiles files) {
    this.runner = runner;
    this.why = why;
    this.sandbox = sandbox;
    this.tools = tools;
    this.files = files;
  }

  /** The runner, for questions about paths. */
  public TestRunner runner() {
    return runner;
  }

  /** One line: what was chosen and why. */
  public String why() {
    return why;
  }

  /**
   * Runs tests once, in the sandbox, without network. Report locations are emptied before, and only
   * reports that this run wrote are believed.
   *
   * @throws Cancellation.Cancelled when the run was cancelled
   */
  public TestRun run(
      Path workspace, TestSelection selection, Duration wall, Cancellation cancellation) {
    if (selection instanceof TestSelection.Files(List<String> paths) && paths.isEmpty()) {
      return new TestRun(TestRun.Verdict.NO_TESTS, List.of(), 0, "no test file selected", "", 0);
    }
    OptionalInt owner = sandbox.owner(workspace);
    Path reports = files.newReports(owner);
    RunPlace place = place(workspace, reports);
    try {
      ReportFiles.empty(workspace, runner.reportGlobs());
      Invocation invocation = runner.tests(place, selection);
      WatchTestFiles tests = WatchTestFiles.before(workspace, runner);
      CommandResult result = inSandbox(invocation, place, false, wall, cancellation);
      Report report =
          tests
              .rewritten()
              .map(path ->
                  Report.suspicious("the test file " + path + " was changed during the run"))
              .orElseGet(() -> runner.report(place, result));
      return JudgeRun.judge(runner, result, report, output(place, result));
    } catch (WinnowException e) {
      return couldNotRun(e);
    } catch (IOException e) {
      return couldNotRun(e);
    } finally {
      files.delete(reports);
    }
  }

  /**
   * A command of an agent in the same surroundings as a test run: programs, caches, environment.
   */
  public SandboxCommand command(Path workspace, List<String> argv, Limits limits) {
    Invocation like = runner.tests(place(workspace, workspace), new TestSelection.All());
    return new SandboxCommand(
        argv, workspace, "", like.environment(), like.readOnly(), List.of(), false, limits);
  }

  /**
   * Resolves the dependencies of the base into Winnow's caches, with network. RAN when that worked,
   * else COULD_NOT_RUN (or TIMEOUT) with a reason.
   *
   * @throws Cancellation.Cancelled when the run was cancelled
   */
  public TestRun prepare(Path workspace, Duration wall, Cancellation cancellation) {
    OptionalInt owner = sandbox.owner(workspace);
    Path reports = files.newReports(owner);
    RunPlace place = place(workspace, reports);
    try {
      Optional<Invocation> preparation = runner.preparation(place);
      if (preparation.isEmpty()) {
        return prepared("nothing to resolve", 0, "");
      }
      Invocation invocation = preparation.get();
      try (var _ = files.lendCaches(invocation.writable(), owner, wall, cancellation)) {
        CommandResult result = inSandbox(invocation, place, true, wall, cancellation);
        return judgePreparation(result);
      } finally {
        invocation.afterwards().run();
      }
    } catch (WinnowException e) {
      return couldNotRun(e);
    } catch (IOException e) {
      return couldNotRun(e);
    } finally {
      files.delete(reports);
    }
  }

  private TestRun judgePreparation(CommandResult result) {
    String output = result.output();
    if (result.exited() && result.exitStatus() == 0) {
      return prepared("dependencies resolved", result.wall().toMillis(), output);
    }
    boolean late = result.ending() == CommandResult.Ending.TIMEOUT;
    String why =
        result.exited()
            ? runner
                .explain(output, Report.missing(""), result.exitStatus())
                .map(TestRunner.Explanation::reason)
                .orElse("exit status " + result.exitStatus() + ": " + lastLine(output))
            : result.ending().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                + ", the last output was: "
                + lastLine(output);
    return new TestRun(
        late ? TestRun.Verdict.TIMEOUT : TestRun.Verdict.COULD_NOT_RUN,
        List.of(),
        result.exitStatus(),
        "dependencies of the base could not be resolved: " + why,
        Excerpt.ofOutput(output),
        result.wall().toMillis());
  }

  private static String lastLine(String output) {
    List<String> lines = output.lines().filter(l -> !l.isBlank()).toList();
    return lines.isEmpty() ? "no output" : Excerpt.firstLine(lines.getLast());
  }

  private static TestRun prepared(String reason, long millis, String output) {
    return new TestRun(TestRun.Verdict.RAN, List.of(), 0, reason, Excerpt.ofOutput(output), millis);
  }

  private CommandResult inSandbox(
      Invocation invocation,
      RunPlace place,
      boolean network,
      Duration wall,
      Cancellation cancellation) {
    List<Path> readOnly = new ArrayList<>(invocation.readOnly());
    readOnly.add(place.scripts());
    List<Path> writable = new ArrayList<>(invocation.writable());
    writable.add(place.reports());
    CommandResult result =
        sandbox.run(
            new SandboxCommand(
                invocation.argv(),
                place.workspace(),
                invocation.directory(),
                invocation.environment(),
                readOnly.stream().distinct().toList(),
                writable,
                network,
                // a test run may be silent: a slow test, or a report that goes to a file
                Limits.DEFAULT.withWall(wall).withSilence(wall)),
            cancellation);
    if (result.ending() == CommandResult.Ending.CANCELLED) {
      String reason = cancellation.reason();
      throw new Cancellation.Cancelled(reason == null ? "cancelled" : reason);
    }
    return result;
  }

  /** Runners whose report is their output send it to a file, where nothing of it is left out. */
  private static String output(RunPlace place, CommandResult result) throws IOException {
    Path file = place.reports().resolve(RunPlace.OUTPUT);
    if (!Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return result.output();
    }
    try {
      byte[] bytes = ReportFiles.read(file, RunPlace.MAX_OUTPUT);
      return result.output() + new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    } catch (ReportFiles.Unbelievable e) {
      return result.output() + e.getMessage();
    }
  }

  private RunPlace place(Path workspace, Path reports) {
    return new RunPlace(workspace, reports, files.caches(), files.scripts(), tools);
  }

  private static TestRun couldNotRun(Exception e) {
    String reason = Excerpt.firstLine(String.valueOf(e.getMessage()));
    return new TestRun(TestRun.Verdict.COULD_NOT_RUN, List.of(), -1, reason, "", 0);
  }
}
