package dev.winnow.checkpoint;

import dev.winnow.store.BulkWrite;
import dev.winnow.store.Database;
import dev.winnow.store.Transaction;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The queue's rows of runs: one for each run that has no outcome yet. */
public final class RunQueue {

  /** A lease whose heartbeat is older than this is up for anybody. */
  public static final Duration LEASE = Duration.ofSeconds(4);

  static final String TASK = "run";

  /** Runs of this kind have no row here. */
  private static final String OUT_OF_THE_QUEUE = "interview";

  /** Told with the id of a run that somebody has cancelled. */
  static final String CANCEL = "winnow_cancel";

  /** Told when there is a run to pick up, or room for one under a limit over all nodes. */
  static final String DUE = "winnow_due";

  private RunQueue() {}

  /** Makes the run due; in the transaction that creates it. */
  public static void add(Transaction transaction, UUID run) {
    transaction.update(
        """
        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
        values ('run', ?, clock_timestamp(), false, 1)
        on conflict (task_name, task_instance) do update set execution_time = clock_timestamp()
          where not scheduled_tasks.picked
        """,
        run.toString());
    transaction.announce(DUE, "");
  }

  /** Wakes a run that was parked. */
  public static void wake(Transaction transaction, UUID run) {
    add(transaction, run);
  }

  /**
   * Asks whoever works on the run to stop.
   *
   * @param end ends the run when nobody does; in the transaction that takes it out of the queue, or
   *     a crash would leave a run that nobody ever ends
   * @return whether the run is over
   */
  public static boolean cancel(Database database, UUID run, Consumer<Transaction> end) {
    return database.inTransaction(transaction -> {
      Optional<String> open =
          transaction.queryOne(
              "update run set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())"
                  + " where id = ? and outcome is null returning kind",
              row -> row.text("kind"),
              run);
      if (open.isEmpty()) {
        return true; // it ended a moment ago
      }
      transaction.update(
          """
          delete from scheduled_tasks where task_name = 'run' and task_instance = ?
            and (not picked or last_heartbeat < clock_timestamp() - make_interval(secs => ?))
          """,
          run.toString(),
          LEASE.toSeconds());
      boolean idle =
          !open.get().equals(OUT_OF_THE_QUEUE)
              && transaction
                  .queryOne(
                      "select 1 as n from scheduled_tasks where task_name = 'run' and task_instance = ?",
                      row -> row.number("n"),
                      run.toString())
                  .isEmpty();
      if (idle) {
        end.accept(transaction);
      }
      transaction.announce(CANCEL, run.toString());
      transaction.announce(DUE, ""); // whoever has it may be gone, and a limit have room
      return idle;
    });
  }

  /** Gives a run free whose node is known to have ended, however young its heartbeat. */
  public static void takeFrom(Database database, UUID run, String node) {
    int _ =
        database.update(
            """
            update scheduled_tasks set picked = false, picked_by = null, last_heartbeat = null,
              version = version + 1, execution_time = clock_timestamp()
            where task_name = 'run' and task_instance = ? and picked
              and exists (select 1 from run r where r.id = ? and r.owner = ?)
            """,
            run.toString(),
            run,
            node);
    database.announce(DUE, "");
  }

  /**
   * Gives runs free whose node does not answer any more.
   *
   * @return how many
   */
  static int reap(Database database) {
    // if its answer is lost, the second time finds none, and the nodes' own look is the one that
    // does
    int free =
        database.inOneStatement(transaction ->
            transaction.update(
                """
                update scheduled_tasks set picked = false, picked_by = null, last_heartbeat = null,
                  version = version + 1, execution_time = clock_timestamp()
                where task_name = 'run' and task_instance in (
                  select s.task_instance from scheduled_tasks s
                  where s.task_name = 'run' and s.picked
                    and s.last_heartbeat < clock_timestamp() - make_interval(secs => ?)
                  for update skip locked)
                """,
                LEASE.toSeconds()));
    if (free > 0) {
      database.announce(DUE, "");
    }
    return free;
  }

  /** How often the work on the run has ended in a defect since a person took it up. */
  static int countDefect(Database database, Claim claim) {
    return database.inTransaction(transaction ->
        transaction
            .queryOne(
                """
                update scheduled_tasks set consecutive_failures = 1 + coalesce(consecutive_failures, 0)
                where task_name = 'run' and task_instance = ? and picked_by = ? and version = ?
                returning consecutive_failures as n
                """,
                row -> (int) row.number("n"),
                claim.run().toString(),
                claim.node(),
                claim.version())
            .orElse(0));
  }

  // a second time it finds no row
  private static final BulkWrite OVER =
      new BulkWrite(
          "over",
          """
          delete from scheduled_tasks s using {rows} as w (run, node, version)
          where s.task_name = 'run' and s.task_instance = w.run and s.picked_by = w.node
            and s.version = w.version
          """,
          "",
          "text",
          "text",
          "int8");

  /** What becomes of the row, if it is still this claim's. */
  static void settle(Database database, Claim claim, Ending ending) {
    switch (ending) {
      case Ending.Lost() -> {}
      case Ending.Done() -> {
        int _ =
            database.together(
                claim.run(), OVER, claim.run().toString(), claim.node(), claim.version());
      }
      case Ending.Parked() -> free(database, claim, null);
      case Ending.Again(Duration after) -> free(database, claim, after.toMillis() / 1000.0);
    }
  }

  /**
   * A second time it finds a row of another version.
   *
   * @param seconds until it is due; null until somebody wakes it
   */
  private static void free(Database database, Claim claim, @Nullable Double seconds) {
    // whoever stops gives its runs to others
    int _ =
        database.inOneStatement(transaction -> {
          transaction.announce(DUE, "");
          return transaction.update(
              """
              update scheduled_tasks set picked = false, picked_by = null, last_heartbeat = null,
                version = version + 1, execution_time = clock_timestamp() + make_interval(secs => ?)
              where task_name = 'run' and task_instance = ? and picked_by = ? and version = ?
              """,
              seconds,
              claim.run().toString(),
              claim.node(),
              claim.version());
        });
  }
}
