package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.tool.Toolbox;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.WorkDirectory;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The use case: one task in, the best verified change out. {@link ChangePhases#decide} reads top to
 * bottom like the list in the design.
 */
public final class ChangeRun {

  private final Database database;
  private final Path dataDirectory;
  private final Sandbox sandbox;
  private final Toolbox toolbox;
  private final RunLimits limits;
  private final RunStore store;

  public ChangeRun(
      Database database, Path dataDirectory, Sandbox sandbox, Toolbox toolbox, RunLimits limits) {
    this.database = database;
    this.dataDirectory = dataDirectory;
    this.sandbox = sandbox;
    this.toolbox = toolbox;
    this.limits = limits;
    this.store = new RunStore(database);
  }

  /** Records the run, so that it can be followed before it starts. */
  public void create(PreparedRun run) {
    store.create(run);
  }

  /**
   * Works on a created run until it has a result. What agents or their code do never ends in an
   * exception; what breaks Winnow's own work ends in the outcome FAILED.
   */
  public RunResult execute(PreparedRun run, Cancellation cancellation) {
    Lease lease = Lease.acquire(database, run.id(), Node.name());
    EventLog log = new EventLog(database, lease);
    AtomicBoolean timeIsUp = new AtomicBoolean();
    Cancellation stop = cancellation.child();
    RunResult result;
    try (WorkDirectory work = WorkDirectory.create(dataDirectory, run.id().toString());
        Stopwatch _ =
            new Stopwatch(
                run.options().maxTime(),
                () -> {
                  timeIsUp.set(true);
                  stop.cancel("the time limit of the run is reached");
                })) {
      RunSetting setting = setting(run, lease, work.path(), log::append);
      result = new ChangePhases(run, setting, sandbox, toolbox, limits, store, lease).decide(stop);
    } catch (Cancellation.Cancelled e) {
      result = stopped(run, timeIsUp.get());
    } catch (WinnowException e) {
      // what breaks after the stop broke because of it
      result =
          stop.isCancelled()
              ? stopped(run, timeIsUp.get())
              : RunResult.without(run.id(), RunOutcome.FAILED, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // a defect of Winnow: recorded like any other end, and told to whoever called
      finish(RunResult.without(run.id(), RunOutcome.FAILED, "Internal error: " + e), lease, log);
      throw e;
    }
    finish(result, lease, log);
    return result;
  }

  private static RunResult stopped(PreparedRun run, boolean timeIsUp) {
    return timeIsUp
        ? RunResult.without(
            run.id(),
            RunOutcome.BUDGET,
            "The time limit of the run (%d s) was reached: give it more with --max-time."
                .formatted(run.options().maxTime().toSeconds()))
        : RunResult.without(run.id(), RunOutcome.CANCELLED, "The run was cancelled.");
  }

  private void finish(RunResult result, Lease lease, EventLog log) {
    store.finish(result, lease);
    log.append(new RunEvent.RunFinished(result.outcome().label(), result.reason(), result.toMap()));
  }

  private RunSetting setting(
      PreparedRun run, Lease lease, Path workDirectory, Consumer<RunEvent> events) {
    return new RunSetting(
        run.id(),
        run.options().task(),
        run.mirror(),
        run.base(),
        run.mirror().treeOf(run.base()),
        workDirectory,
        new CheckpointManager(database, lease),
        events);
  }
}
