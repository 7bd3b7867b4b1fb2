package dev.winnow.checkpoint;

import dev.winnow.Cancellation;
import dev.winnow.store.Database;
import dev.winnow.telemetry.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Reads the log of any run, from any process, while it is being written or later. */
public final class EventReader {

  private static final int BATCH = 256;
  private static final long POLL_MILLIS = 1_000;

  private final Database database;

  public EventReader(Database database) {
    this.database = database;
  }

  /**
   * The next events of the run, in order; empty if there are none yet.
   *
   * @param afterSequence 0 for the beginning
   */
  public List<RecordedEvent> read(UUID run, long afterSequence, int limit) {
    return database.query(
        """
        select sequence, at, body from event where run_id = ? and sequence > ?
        order by sequence limit ?
        """,
        row ->
            new RecordedEvent(
                run, row.number("sequence"), row.instant("at"), EventBody.decode(row.text("body"))),
        run,
        afterSequence,
        limit);
  }

  /** The number of the newest event of the run; 0 when there is none. */
  public long last(UUID run) {
    return database
        .queryOne(
            "select coalesce(max(sequence), 0) as last from event where run_id = ?",
            row -> row.number("last"),
            run)
        .orElse(0L);
  }

  /**
   * Gives every event of the run to the consumer, once and in order, and returns when the run is
   * over.
   *
   * @param afterSequence the last event that the consumer knows; 0 for none
   * @throws Cancellation.Cancelled when it was cancelled first
   */
  public void follow(
      UUID run, long afterSequence, Consumer<RecordedEvent> consumer, Cancellation cancellation) {
    Semaphore news = new Semaphore(0);
    String wanted = run.toString();
    try (var _ =
            database.listen(
                EventLog.NEWS,
                payload -> {
                  if (payload.isEmpty() || payload.equals(wanted)) {
                    news.release();
                  }
                });
        var _ = cancellation.onCancel(news::release)) {
      long last = afterSequence;
      boolean ended = false; // the newest event that was seen is the end of the run
      boolean live = false; // what is read from now on has just been written
      boolean over = false; // known before the last look, so that it has seen the last event
      while (true) {
        cancellation.check();
        List<RecordedEvent> batch = read(run, last, BATCH);
        for (RecordedEvent recorded : batch) {
          cancellation.check();
          if (live) {
            Metrics.current().eventReceived(Duration.between(recorded.at(), Instant.now()));
          }
          consumer.accept(recorded);
          last = recorded.sequence();
          // a run that was taken up again has more after it
          ended = recorded.event() instanceof RunEvent.RunFinished;
        }
        live |= batch.size() < BATCH;
        if (batch.isEmpty()) {
          if (over) {
            return;
          }
          over = isOver(run);
          if (!over) {
            awaitNews(news);
          }
        } else if (ended && batch.size() < BATCH) {
          return;
        }
      }
    }
  }

  private boolean isOver(UUID run) {
    return database
        .queryOne(
            "select outcome is not null as over from run where id = ?",
            row -> row.flag("over"),
            run)
        .orElse(true);
  }

  /** Waits for a notification, and not for long: notifications can be lost. */
  private static void awaitNews(Semaphore news) {
    try {
      boolean _ = news.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
      news.drainPermits();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    }
  }
}
