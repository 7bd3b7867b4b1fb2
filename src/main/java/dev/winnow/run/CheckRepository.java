package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestSelection;
import dev.winnow.spec.Validation.Finding;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.WorkDirectory;
import dev.winnow.workspace.Workspace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether a change can be tested in a repository, before anything is spent on it. */
public final class CheckRepository {

  private final Machine machine;

  public CheckRepository(Machine machine) {
    this.machine = machine;
  }

  /**
   * What speaks against working there; nothing when it is fine.
   *
   * @param build whether its tests are also run, in the sandbox, which takes as long as they do
   */
  public List<Finding> findings(Path repository, boolean build, Cancellation cancellation) {
    try {
      Sandbox sandbox = machine.sandbox().apply(false);
      Mirror mirror = Mirror.open(machine.dataDirectory(), repository).until(cancellation);
      String tree = mirror.treeOf(mirror.pin("HEAD"));
      PreparedRunner runner =
          BindTests.bind(
              machine.binding().apply(sandbox),
              mirror,
              tree,
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      return build ? build(mirror, tree, runner, sandbox, cancellation) : List.of();
    } catch (WinnowException e) {
      return switch (e.category()) {
        case USAGE, SETTINGS ->
            List.of(Finding.error("repository", String.valueOf(e.getMessage())));
        case AGENT, BUDGET, SANDBOX, INFRASTRUCTURE -> throw e;
      };
    }
  }

  private List<Finding> build(
      Mirror mirror,
      String tree,
      PreparedRunner runner,
      Sandbox sandbox,
      Cancellation cancellation) {
    try (WorkDirectory work = WorkDirectory.create(machine.dataDirectory(), "check-" + Ids.next());
        Workspace workspace =
            mirror.checkout(
                tree, work.path().resolve("base"), sandbox, runner.runner().buildOutputs())) {
      TestRun _ = runner.prepare(workspace.root(), machine.limits().testWall(), cancellation);
      TestRun run =
          runner.run(
              workspace.root(), new TestSelection.All(), machine.limits().testWall(), cancellation);
      return switch (run.verdict()) {
        case RAN ->
            run.failing().isEmpty()
                ? List.of()
                : List.of(
                    Finding.warning(
                        "repository-tests",
                        "%d tests of the repository fail already: they count for nobody."
                            .formatted(run.failing().size())));
        case NO_TESTS ->
            List.of(
                Finding.warning(
                    "repository-tests", "The repository has no tests that its runner finds."));
        case COMPILE_FAILED ->
            List.of(
                Finding.error(
                    "repository-build", "The repository does not build: " + run.reason()));
        case TIMEOUT, CRASHED, NOT_BELIEVED ->
            List.of(
                Finding.error(
                    "repository-tests",
                    "The tests of the repository cannot be used: " + run.reason()));
        case COULD_NOT_RUN ->
            throw WinnowException.infrastructure(
                "The tests of the repository could not run: " + run.reason(), null);
      };
    }
  }
}
