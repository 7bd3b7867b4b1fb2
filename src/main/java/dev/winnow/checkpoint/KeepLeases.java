package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heartbeats of all runs of a node, in one statement each second: one for each run took longer
 * than a lease where there were hundreds. It has a connection and a thread of its own, so that it
 * waits neither for the work on the runs nor for a row that somebody has locked.
 */
final class KeepLeases implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KeepLeases.class);

  /** Takeover takes about four of them. */
  static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** Half of a lease: from then on the database is asked before something that costs. */
  private static final Duration FRESH = RunQueue.LEASE.dividedBy(2);

  private static final String BEAT =
      """
      update scheduled_tasks s set last_heartbeat = clock_timestamp()
      from (select t.task_instance from scheduled_tasks t
          join unnest(?, ?) as mine (run, version)
            on t.task_name = 'run' and t.task_instance = mine.run and t.version = mine.version
          where t.picked and t.picked_by = ? for no key update of t skip locked) held
      where s.task_name = 'run' and s.task_instance = held.task_instance
      returning s.task_instance, s.version
      """;

  /** Two clocks, since one stops while the machine sleeps, and the other one can be set back. */
  private record Beat(long nanos, Instant wall) {
    static Beat now() {
      return new Beat(System.nanoTime(), Instant.now());
    }

    boolean isFresh() {
      Beat now = now();
      Duration byWall = Duration.between(wall, now.wall()).abs();
      return now.nanos() - nanos < FRESH.toNanos() && byWall.compareTo(FRESH) < 0;
    }
  }

  private final DataSource connections;
  private final String scheduler;
  private final Map<Claim, Beat> beats = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  KeepLeases(Database database, String scheduler) {
    this.connections = database.separateConnections();
    this.scheduler = scheduler;
    this.thread = Thread.ofPlatform().daemon().name("winnow-heartbeats").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /**
   * @param age how long ago the run was picked up
   */
  void add(Claim claim, Duration age) {
    Beat now = Beat.now();
    beats.put(claim, new Beat(now.nanos() - age.toNanos(), now.wall().minus(age)));
  }

  void remove(Claim claim) {
    beats.remove(claim);
  }

  /** Whether nobody can have taken the run: its last heartbeat that arrived is young. */
  boolean isFresh(Claim claim) {
    Beat last = beats.get(claim);
    return last != null && last.isFresh();
  }

  private void run() {
    try {
      long start;
      do {
        start = System.nanoTime();
        beat();
      } while (!closed.await(
          HEARTBEAT.toNanos() - (System.nanoTime() - start), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void beat() {
    List<Claim> claims = List.copyOf(beats.keySet());
    if (claims.isEmpty()) {
      return;
    }
    Beat begin = Beat.now(); // when it arrives is not known
    try (Connection connection = connections.getConnection();
        PreparedStatement statement = connection.prepareStatement(BEAT)) {
      connection.setAutoCommit(true);
      statement.setArray(
          1,
          connection.createArrayOf("text", claims.stream().map(c -> c.run().toString()).toArray()));
      statement.setArray(
          2, connection.createArrayOf("bigint", claims.stream().map(Claim::version).toArray()));
      statement.setString(3, scheduler);
      Map<String, Long> arrived = new HashMap<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          arrived.put(rows.getString(1), rows.getLong(2));
        }
      }
      for (Claim claim : claims) {
        Long version = arrived.get(claim.run().toString());
        if (version != null && version == claim.version()) {
          beats.computeIfPresent(claim, (_, _) -> begin);
        }
      }
    } catch (SQLException e) {
      LOG.debug("the database does not answer", e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
