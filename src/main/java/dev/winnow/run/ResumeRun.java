package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.checkpoint.RunQueue;
import dev.winnow.store.Database;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Puts a run that was interrupted, or ended without a decision, into the queue again. */
public final class ResumeRun {

  /** Ends that more time, another machine or a mended one can change. */
  private static final Set<String> OPEN_AGAIN = Set.of("failed", "cancelled", "budget");

  private final Database database;
  private final RunStore store;

  public ResumeRun(Database database) {
    this.database = database;
    this.store = new RunStore(database);
  }

  /**
   * What was recorded stays recorded. A run that a living node works on is left alone.
   *
   * @param reservedFor the node that has the first choice, or empty for any
   * @throws WinnowException of category USAGE for a run that came to a decision
   */
  public void resume(UUID run, Optional<String> reservedFor) {
    RunRecord record = store.find(run.toString());
    String outcome = record.outcome();
    if (outcome != null && !OPEN_AGAIN.contains(outcome)) {
      throw WinnowException.usage(
          "Run %s is over (%s): there is nothing to go on with.".formatted(run, outcome));
    }
    var _ = store.stored(run).readable();
    String owner = record.owner();
    if (outcome == null && owner != null && Node.isGone(owner)) {
      RunQueue.takeFrom(database, run, owner); // no need to wait for the end of its lease
    }
    database.inTransaction(transaction -> {
      if (outcome != null) {
        // fences a process that may still be finishing it
        Lease lease = Lease.acquire(transaction, run, Node.name());
        EventLog.add(transaction, lease, new RunEvent.Notice("The run is taken up again."));
      }
      store.reopen(transaction, run, reservedFor);
      return run;
    });
  }
}
