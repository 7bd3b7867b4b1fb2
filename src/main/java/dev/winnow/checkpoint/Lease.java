package dev.winnow.checkpoint;

import dev.winnow.WinnowException;
import dev.winnow.store.BulkWrite;
import dev.winnow.store.Database;
import dev.winnow.store.Transaction;
import java.util.Optional;
import java.util.UUID;

/**
 * The right to write into a run. Each pick-up gets a new epoch; every write checks its epoch, so a
 * process that was paused, and woke up after another one took over, can write nothing.
 *
 * @param epoch 1 for the first pick-up of the run
 * @param node who holds it, for the ledger
 */
public record Lease(UUID run, long epoch, String node) {

  // a second time it finds another epoch, and the next one is taken; locks in the order of the
  // transaction that takes it: the run, then its row in the queue
  private static final BulkWrite FIRST =
      new BulkWrite(
          "leased",
          """
          update run r set lease_epoch = 1, owner = held.owner, leased_at = clock_timestamp()
          from (
            select mine.id, mine.owner
            from (
              select q.id, w.task, w.picker, w.version, w.owner
              from {rows} as w (run, task, picker, version, owner)
                join run q on q.id = w.run and q.lease_epoch = 0 for update of q) mine
              join scheduled_tasks s on s.task_name = 'run' and s.task_instance = mine.task
                and s.picked and s.picked_by = mine.picker and s.version = mine.version
            for share of s) held
          where r.id = held.id and r.lease_epoch = 0
          """,
          "",
          "uuid",
          "text",
          "text",
          "int8",
          "text");

  /** Of a step that the same process had begun: it cannot have ended during it. */
  private static final String STILL_HERE = "its end could not be recorded";

  /**
   * Asks, right before something that costs or can be seen outside, whether the lease still holds.
   */
  public interface Guard {
    /**
     * @throws WinnowException INFRASTRUCTURE when it is lost
     */
    void check();
  }

  /**
   * Takes the run over, whoever works on it. Steps that were in flight get the state {@code
   * unknown}: they may have been paid.
   *
   * @throws WinnowException when there is no such run
   */
  public static Lease acquire(Database database, UUID run, String node) {
    // repeatable: an epoch that nobody got is only skipped
    return database.inRepeatableTransaction(transaction -> acquire(transaction, run, node));
  }

  /** The same in the caller's transaction: what it changes and tells is there with it, or not. */
  public static Lease acquire(Transaction transaction, UUID run, String node) {
    return bump(transaction, run, node, lock(transaction, run));
  }

  /**
   * The same for a run that was picked from the queue; empty when the pick-up is void already. A
   * process that was paused right after it picked would otherwise fence the real owner.
   */
  static Optional<Lease> acquire(Database database, Claim claim, String node) {
    Optional<Lease> first = acquireFirst(database, claim, node);
    return first.isPresent() ? first : acquireNext(database, claim, node);
  }

  /**
   * Of a run that nobody has worked on: there is nothing that a lease before left behind, so this
   * is a small write like those of the runs that are at work, and shares their commit.
   */
  private static Optional<Lease> acquireFirst(Database database, Claim claim, String node) {
    int taken =
        database.together(
            claim.run(),
            FIRST,
            claim.run(),
            claim.run().toString(),
            claim.node(),
            claim.version(),
            node);
    return taken == 0 ? Optional.empty() : Optional.of(new Lease(claim.run(), 1, node));
  }

  private static Optional<Lease> acquireNext(Database database, Claim claim, String node) {
    return database.inRepeatableTransaction(transaction -> {
      // the lock of the run first: whoever waits for it must not hold the row that is heartbeated
      Before old = lock(transaction, claim.run());
      return transaction
          .queryOne(
              """
              select 1 as held from scheduled_tasks
              where task_name = 'run' and task_instance = ? and picked and picked_by = ?
                and version = ?
              for share
              """,
              row -> row.number("held"),
              claim.run().toString(),
              claim.node(),
              claim.version())
          .map(held -> bump(transaction, claim.run(), node, old));
    });
  }

  private record Before(long epoch, String owner) {}

  private static Before lock(Transaction transaction, UUID run) {
    // "for update" on purpose: it waits for the "for key share" of writers with the old epoch, and
    // makes later ones wait; an update alone would do neither
    return transaction
        .queryOne(
            "select lease_epoch, coalesce(owner, '') as owner from run where id = ? for update",
            row -> new Before(row.number("lease_epoch"), row.text("owner")),
            run)
        .orElseThrow(() -> WinnowException.usage("There is no run " + run + "."));
  }

  private static Lease bump(Transaction transaction, UUID run, String node, Before old) {
    // how long the lease before was at work is known from the last thing that it wrote
    transaction.update(
        """
        update run r set lease_epoch = ?, owner = ?,
          worked_ms = worked_ms + coalesce(extract(epoch from greatest(interval '0', (
            select max(at) from (
              select max(started_at) as at from step where run_id = r.id
              union all select max(finished_at) from step where run_id = r.id
              union all select max(at) from event where run_id = r.id) written) - leased_at))
            * 1000, 0)::bigint,
          leased_at = clock_timestamp()
        where id = ?
        """,
        old.epoch() + 1,
        node,
        run);
    transaction.update(
        "update step set state = 'unknown', error = coalesce(error, ?)"
            + " where run_id = ? and state = 'started'",
        old.owner().equals(node) ? STILL_HERE : null,
        run);
    transaction.update(
        "update ledger set state = 'unknown' where run_id = ? and state = 'reserved'", run);
    return new Lease(run, old.epoch() + 1, node);
  }

  /** Whether nobody has taken the run over since. */
  public boolean holds(Database database) {
    return database
        .queryOne("select lease_epoch from run where id = ?", row -> row.number("lease_epoch"), run)
        .filter(now -> now == epoch)
        .isPresent();
  }

  /** What a write of an old epoch ends with. */
  public WinnowException lost() {
    return WinnowException.infrastructure(
        "Another Winnow process took over run %s: this one stops working on it.".formatted(run),
        null);
  }
}
