package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import dev.winnow.store.Jsonb;
import dev.winnow.store.Row;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends to the durable log of one run, under its lease. Thread-safe: sequence numbers follow the
 * order of the calls, without gaps.
 */
public final class EventLog {

  private final Database database;
  private final Lease lease;
  private final ReentrantLock lock = new ReentrantLock(true);
  private long last;

  public EventLog(Database database, Lease lease) {
    this.database = database;
    this.lease = lease;
    this.last = lastRecorded();
  }

  private long lastRecorded() {
    return database
        .queryOne(
            "select coalesce(max(sequence), 0) as last from event where run_id = ?",
            row -> row.number("last"),
            lease.run())
        .orElseThrow();
  }

  /**
   * Writes the event and wakes whoever follows the run. When it returns, the event is on disk.
   * Texts beyond 64 KiB are cut visibly.
   *
   * @return the event as it was stored
   * @throws dev.winnow.WinnowException INFRASTRUCTURE when another process took the run over
   */
  public RecordedEvent append(RunEvent event) {
    Jsonb body = EventBody.encode(event);
    lock.lock();
    try {
      while (true) {
        long sequence = last + 1;
        Optional<Instant> at = insert(sequence, body);
        if (at.isPresent()) {
          last = sequence;
          return new RecordedEvent(lease.run(), sequence, at.get(), EventBody.decode(body.json()));
        }
        // the number is taken by another log of the same lease, or the lease is gone
        last = lastRecorded();
        if (last < sequence) {
          throw lease.lost();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Instant> insert(long sequence, Jsonb body) {
    // repeatable: the number is ours alone, so a second insert of it finds only the first
    return database.inRepeatableTransaction(transaction ->
        transaction.queryOne(
            """
            with written as (
              insert into event (run_id, sequence, body)
              select r.id, ?, ? from run r where r.id = ? and r.lease_epoch = ?
              for key share of r
              on conflict (run_id, sequence) do update set body = excluded.body
                where event.body = excluded.body
              returning at)
            select at, pg_notify('winnow_event', ?) from written
            """,
            (Row row) -> row.instant("at"),
            sequence,
            body,
            lease.run(),
            lease.epoch(),
            lease.run().toString()));
  }
}
