package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import dev.winnow.store.Notifications;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the runs of this node and of dead ones, twice a second: which of ours were cancelled
 * or taken over, and whose heartbeat has stopped.
 */
final class WatchLeases implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WatchLeases.class);

  private static final Duration PERIOD = Duration.ofMillis(500);
  private static final Duration OFTEN_ENOUGH = Duration.ofSeconds(2);
  private static final Duration CLOCK_PERIOD = Duration.ofSeconds(10);
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

  private record Mine(UUID run, boolean lost, boolean cancelled) {}

  private final Database database;
  private final NodeOptions options;
  private final Map<UUID, HeldRun> held;
  private final DatabaseClock clock;
  private final Runnable look;
  private final Semaphore news = new Semaphore(0);
  private final Notifications.Subscription due;
  private final Notifications.Subscription cancelled;
  private final Thread thread;
  private volatile boolean closed;

  WatchLeases(
      Database database,
      NodeOptions options,
      Map<UUID, HeldRun> held,
      DatabaseClock clock,
      Runnable look) {
    this.database = database;
    this.options = options;
    this.held = held;
    this.clock = clock;
    this.look = look;
    // an empty notification comes after each reconnection: then both look, too
    this.due = database.listen(RunQueue.DUE, payload -> look.run());
    this.cancelled = database.listen(RunQueue.CANCEL, payload -> news.release());
    this.thread = Thread.ofVirtual().name("winnow-leases").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    long lastSeen = System.nanoTime();
    long seenSince = lastSeen;
    long clockAt = lastSeen;
    long signAt = lastSeen - SIGN_OF_LIFE.toNanos();
    while (!closed) {
      try {
        checkMine();
        long now = System.nanoTime();
        if (now - lastSeen > OFTEN_ENOUGH.toNanos()) {
          seenSince = now;
        }
        lastSeen = now;
        // after the database, or this process, was away: the others get the time to be heard again
        if (now - seenSince > RunQueue.LEASE.toNanos() && RunQueue.reap(database) > 0) {
          look.run();
        }
        if (now - clockAt > CLOCK_PERIOD.toNanos()) {
          clock.measure();
          clockAt = now;
        }
        if (options.only().isEmpty() && now - signAt > SIGN_OF_LIFE.toNanos()) {
          signOfLife();
          signAt = now;
        }
      } catch (RuntimeException e) {
        LOG.debug("the database does not answer", e);
      }
      await();
    }
  }

  private void await() {
    try {
      boolean _ = news.tryAcquire(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
      news.drainPermits();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void checkMine() {
    Collection<HeldRun> runs = List.copyOf(held.values());
    if (runs.isEmpty()) {
      return;
    }
    Map<UUID, HeldRun> byId =
        runs.stream().collect(Collectors.toMap(run -> run.lease().run(), run -> run));
    List<Mine> found =
        database.query(
            """
            select r.id, r.lease_epoch, r.cancel_requested_at is not null as cancelled
            from run r where r.id = any (?::uuid[])
            """,
            row -> {
              UUID id = row.uuid("id");
              HeldRun run = byId.get(id);
              boolean lost = run != null && run.lease().epoch() != row.number("lease_epoch");
              return new Mine(id, lost, row.flag("cancelled"));
            },
            byId.keySet().stream().map(UUID::toString).toList());
    for (Mine mine : found) {
      HeldRun run = byId.get(mine.run());
      if (run != null && mine.lost()) {
        run.stop(HeldRun.Stop.LEASE_LOST);
      } else if (run != null && mine.cancelled()) {
        run.stop(HeldRun.Stop.CANCELLED);
      }
    }
  }

  /** Whether the row of the queue is still the one that was claimed. */
  static boolean holds(Database database, Claim claim) {
    return database
        .queryOne(
            """
            select 1 as held from scheduled_tasks
            where task_name = 'run' and task_instance = ? and picked_by = ? and version = ?
            """,
            row -> row.number("held"),
            claim.run().toString(),
            claim.node(),
            claim.version())
        .isPresent();
  }

  private void signOfLife() {
    database.inRepeatableTransaction(transaction -> {
      transaction.update(
          """
          insert into node (name, offers, capacity) values (?, ?, ?)
          on conflict (name) do update set seen_at = clock_timestamp()
          """,
          options.name(),
          options.offers(),
          options.runs());
      return transaction.update(
          "delete from node where seen_at < clock_timestamp() - interval '1 hour'");
    });
  }

  @Override
  public void close() {
    closed = true;
    news.release();
    due.close();
    cancelled.close();
    try {
      thread.join(Duration.ofSeconds(5));
      if (options.only().isEmpty()) {
        database.update("delete from node where name = ?", options.name());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.debug("the database does not answer", e);
    }
  }
}
