package dev.winnow.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Open connections that nobody uses at the moment. How many there can be is up to the caller, who
 * hands out permits; a pool with threads of its own costs a short command a third of its time.
 */
final class IdleConnections {

  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long OLD_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int ANSWER_SECONDS = 5;

  private record Idle(Connection connection, long since) {}

  private final Deque<Idle> newestFirst = new ArrayDeque<>();
  private boolean closed;

  /** The one that was used last, if it still works; null when there is none. */
  @Nullable Connection take() {
    for (Idle idle = poll(); idle != null; idle = poll()) {
      long age = System.nanoTime() - idle.since();
      try {
        if (age < FRESH_NANOS || idle.connection().isValid(ANSWER_SECONDS)) {
          return idle.connection();
        }
      } catch (SQLException e) {
        // like one that does not answer
      }
      close(idle.connection());
    }
    return null;
  }

  synchronized int size() {
    return newestFirst.size();
  }

  private synchronized @Nullable Idle poll() {
    return newestFirst.pollFirst();
  }

  /** Keeps a connection that is in no transaction, and closes those that nobody needs any more. */
  void put(Connection connection) {
    long now = System.nanoTime();
    Idle old = null;
    synchronized (this) {
      if (!closed) {
        newestFirst.addFirst(new Idle(connection, now));
        old = now - newestFirst.getLast().since() > OLD_NANOS ? newestFirst.pollLast() : null;
      }
    }
    if (old != null) {
      close(old.connection());
    } else if (closed) {
      close(connection);
    }
  }

  /** After one is found dead: most likely the others are dead as well. */
  void closeAll() {
    for (Idle idle = poll(); idle != null; idle = poll()) {
      close(idle.connection());
    }
  }

  /** Closes them all, and from now on each that is put here. */
  void shut() {
    synchronized (this) {
      closed = true;
    }
    closeAll();
  }

  static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // the server has closed it already
    }
  }
}
