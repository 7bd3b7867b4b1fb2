package dev.winnow.checkpoint;

import dev.winnow.WinnowException;
import dev.winnow.store.Database;
import java.util.UUID;

/**
 * The right to write into a run. Each pick-up gets a new epoch; every write checks its epoch, so a
 * process that was paused, and woke up after another one took over, can write nothing.
 *
 * @param epoch 1 for the first pick-up of the run
 * @param node who holds it, for the ledger
 */
public record Lease(UUID run, long epoch, String node) {

  /**
   * Takes the run over. Steps that were in flight get the state {@code unknown}: they may have been
   * paid.
   *
   * @throws WinnowException when there is no such run
   */
  public static Lease acquire(Database database, UUID run, String node) {
    long epoch =
        database.inTransaction(transaction -> {
          // "for update" on purpose: it waits for the "for key share" of writers with the old
          // epoch, and makes later ones wait; the update below alone would do neither
          long old =
              transaction
                  .queryOne(
                      "select lease_epoch from run where id = ? for update",
                      row -> row.number("lease_epoch"),
                      run)
                  .orElseThrow(() -> WinnowException.usage("There is no run " + run + "."));
          transaction.update(
              "update run set lease_epoch = ?, owner = ? where id = ?", old + 1, node, run);
          transaction.update(
              "update step set state = 'unknown' where run_id = ? and state = 'started'", run);
          transaction.update(
              "update ledger set state = 'unknown' where run_id = ? and state = 'reserved'", run);
          return old + 1;
        });
    return new Lease(run, epoch, node);
  }

  WinnowException lost() {
    return WinnowException.infrastructure(
        "Another Winnow process took over run %s: this one stops working on it.".formatted(run),
        null);
  }
}
