package dev.winnow.run;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunQueue;
import dev.winnow.store.Database;
import java.time.Duration;
import java.util.UUID;

/** Cancels a run, wherever it is. */
public final class CancelRun {

  private final Database database;
  private final RunStore store;

  public CancelRun(Database database) {
    this.database = database;
    this.store = new RunStore(database);
  }

  /**
   * Asks the node that works on the run to stop; ends the run itself when no node does.
   *
   * @return whether the run is over when this returns; else it will be in a moment
   */
  public boolean cancel(UUID run) {
    if (store.stored(run).isOver()) {
      return true;
    }
    RunResult result =
        RunResult.without(
            run, RunOutcome.CANCELLED, "The run was cancelled.", store.candidates(run));
    return RunQueue.cancel(
        database,
        run,
        transaction -> {
          Lease lease = Lease.acquire(transaction, run, Node.name());
          store.finish(transaction, result, lease);
          EventLog.add(transaction, lease, RunResult.finished(result.toMap()));
        });
  }

  /** Waits until the run is over. */
  public boolean isOverWithin(UUID run, Duration patience) {
    Cancellation late = new Cancellation();
    try (Stopwatch _ = new Stopwatch(patience, () -> late.cancel("the node does not react"))) {
      new EventReader(database).follow(run, Long.MAX_VALUE, event -> {}, late);
      return true;
    } catch (Cancellation.Cancelled e) {
      return false;
    }
  }
}
