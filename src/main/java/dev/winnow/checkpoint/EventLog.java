package dev.winnow.checkpoint;

import dev.winnow.store.BulkWrite;
import dev.winnow.store.Database;
import dev.winnow.store.Transaction;
import dev.winnow.telemetry.Metrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Appends to the durable log of one run, under its lease. Thread-safe: sequence numbers follow the
 * order of the calls, without gaps.
 *
 * <p>When a run is resumed its phases are gone through again, and what they tell is in the log
 * already. The n-th event of some content is new only if the log had fewer than n of them when the
 * lease began; else it is the recorded one, and nothing is written.
 */
public final class EventLog {

  /** On which the id of each run is told that has new events. */
  public static final String NEWS = "winnow_event";

  private static final String INTO =
      """
      insert into event (run_id, sequence, body, fingerprint)
      select r.id, w.sequence, w.body::jsonb, w.print
      from %s as w (run, epoch, sequence, body, print)
        join run r on r.id = w.run and r.lease_epoch = w.epoch for key share of r
      """;

  // the number is ours alone, so a second insert of it finds only the first
  private static final String IF_THERE =
      """
      on conflict (run_id, sequence) do update set body = excluded.body
        where event.body = excluded.body
      """;

  private static final String INSERT =
      INTO.formatted("(values (?::uuid, ?, ?, ?, ?))") + IF_THERE + " returning run_id, at";

  // the lease is looked at with the event, which locks the run; without the event nothing is set
  private static final String FINISH =
      """
      with told as (%s), ended as (update run r set %s from told where r.id = told.run_id)
      select at from told
      """;

  private static final BulkWrite TELL =
      new BulkWrite(
          "told", INTO.formatted("{rows}"), IF_THERE, "uuid", "int8", "int8", "text", "bytea");

  private final Database database;
  private final Lease lease;
  private final Map<String, Integer> recorded = new HashMap<>();
  private final Map<String, Integer> seen = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock(true);
  private long last;
  private final WritesAhead ahead;

  public EventLog(Database database, Lease lease) {
    this.database = database;
    this.lease = lease;
    this.ahead = new WritesAhead(database, lease);
    this.last = lastRecorded();
    if (lease.epoch() > 1) {
      database
          .query(
              "select encode(fingerprint, 'hex') as print, count(*) as n from event"
                  + " where run_id = ? and fingerprint is not null group by fingerprint",
              row -> Map.entry(row.text("print"), (int) row.number("n")),
              lease.run())
          .forEach(entry -> recorded.put(entry.getKey(), entry.getValue()));
    }
  }

  /** Writes the first event of a run; in the transaction that creates it. */
  public static void first(Transaction transaction, java.util.UUID run, RunEvent event) {
    EventBody body = EventBody.of(event);
    transaction.update(
        """
        insert into event (run_id, sequence, body, fingerprint) values (?, 1, ?, ?)
        """,
        run,
        body.json(),
        body.print());
    transaction.announce(NEWS, run.toString());
  }

  /** How often this content was told now, this time included. */
  private int occurrence(EventBody body) {
    return seen.merge(HexFormat.of().formatHex(body.print()), 1, Integer::sum);
  }

  private int recordedTimes(EventBody body) {
    return recorded.isEmpty()
        ? 0
        : recorded.getOrDefault(HexFormat.of().formatHex(body.print()), 0);
  }

  /**
   * Writes an event together with the change that it tells of, where nobody works on the run: all
   * or nothing, so that a crash leaves no change that nobody is told of.
   *
   * @param lease taken in this transaction, so that nobody else writes meanwhile
   */
  public static void add(Transaction transaction, Lease lease, RunEvent event) {
    EventBody body = EventBody.of(event);
    transaction.update(
        """
        insert into event (run_id, sequence, body, fingerprint)
        select ?, coalesce(max(sequence), 0) + 1, ?, ? from event where run_id = ?
        """,
        lease.run(),
        body.json(),
        body.print(),
        lease.run());
    transaction.announce(NEWS, lease.run().toString());
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
   * @return the event as it was stored, now or before the run was resumed
   * @throws dev.winnow.WinnowException INFRASTRUCTURE when another process took the run over
   */
  public RecordedEvent append(RunEvent event) {
    EventBody body = EventBody.of(event);
    lock.lock();
    try {
      ahead.flush();
      int occurrence = occurrence(body);
      return occurrence <= recordedTimes(body) ? find(body, occurrence) : write(body, INSERT);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The same without waiting for the disk: for those who tell what they do while they do it. It is
   * on disk in a moment, with or before any step that is recorded later, and before {@link #finish}
   * returns.
   *
   * @throws dev.winnow.WinnowException when an earlier event could not be written, because another
   *     process took the run over or the database is away
   */
  public void tell(RunEvent event) {
    EventBody body = EventBody.of(event);
    lock.lock();
    try {
      ahead.check();
      if (occurrence(body) <= recordedTimes(body)) {
        return;
      }
      Runnable count = Metrics.carried(() -> CountEvents.count(event));
      ahead.add(
          database.togetherLater(
              lease.run(), TELL, lease.run(), lease.epoch(), ++last, body.json(), body.print()),
          () -> {
            count.run();
            database.announceIfHeard(NEWS, lease.run().toString());
          });
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes the last event of the run together with what else says that it is over: all or nothing,
   * in one statement.
   *
   * @param ended what is set in the run's row: {@code outcome = ?, ...}
   * @throws dev.winnow.WinnowException INFRASTRUCTURE when another process took the run over
   */
  public RecordedEvent finish(
      RunEvent.RunFinished event, String ended, @Nullable Object... arguments) {
    lock.lock();
    try {
      ahead.flush();
      return write(EventBody.of(event), FINISH.formatted(INSERT, ended), arguments);
    } finally {
      lock.unlock();
    }
  }

  private RecordedEvent find(EventBody body, int occurrence) {
    return database
        .queryOne(
            "select sequence, at, body from event where run_id = ? and fingerprint = ?"
                + " order by sequence offset ? limit 1",
            row ->
                new RecordedEvent(
                    lease.run(),
                    row.number("sequence"),
                    row.instant("at"),
                    EventBody.decode(row.text("body"))),
            lease.run(),
            body.print(),
            occurrence - 1)
        .orElseThrow(lease::lost);
  }

  private RecordedEvent write(EventBody body, String statement, @Nullable Object... more) {
    while (true) {
      long sequence = last + 1;
      Optional<Instant> at = insert(sequence, body, statement, more);
      if (at.isPresent()) {
        last = sequence;
        RunEvent event = EventBody.decode(body.json().text());
        CountEvents.count(event);
        return new RecordedEvent(lease.run(), sequence, at.get(), event);
      }
      // the number is taken by another log of the same lease, or the lease is gone
      last = lastRecorded();
      if (last < sequence) {
        throw lease.lost();
      }
    }
  }

  private Optional<Instant> insert(
      long sequence, EventBody body, String statement, @Nullable Object[] more) {
    List<@Nullable Object> arguments =
        new ArrayList<>(List.of(lease.run(), lease.epoch(), sequence, body.json(), body.print()));
    arguments.addAll(Arrays.asList(more));
    return database.inOneStatement(transaction -> {
      Optional<Instant> at =
          transaction.queryOne(statement, row -> row.instant("at"), arguments.toArray());
      if (at.isPresent()) {
        transaction.announce(NEWS, lease.run().toString());
      }
      return at;
    });
  }
}
