package dev.winnow.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Listens to the database's notifications on one connection of its own, made at the first
 * subscription and again whenever it is lost. Notifications can be lost meanwhile: listeners get an
 * empty one after each reconnection, and poll slowly besides.
 */
public final class Notifications implements AutoCloseable {

  /** Ends a subscription; closing it twice is harmless. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  private record Listener(String channel, Consumer<String> consumer) {}

  private static final int WAIT_MILLIS = 1_000;
  private static final Duration RETRY = Duration.ofMillis(500);

  private final ConnectionSource source;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private @Nullable Thread thread;
  private volatile @Nullable Connection current;
  private volatile boolean closed;

  Notifications(ConnectionSource source) {
    this.source = source;
  }

  Subscription subscribe(String channel, Consumer<String> consumer) {
    if (!channel.matches("[a-z_]+")) {
      throw new IllegalArgumentException("not a channel: " + channel);
    }
    Listener listener = new Listener(channel, consumer);
    listeners.add(listener);
    startOnce();
    return () -> listeners.remove(listener);
  }

  /** Whether this process listens on the channel. */
  boolean listensTo(String channel) {
    return listeners.stream().anyMatch(listener -> listener.channel().equals(channel));
  }

  private synchronized void startOnce() {
    if (thread == null && !closed) {
      thread = Thread.ofPlatform().name("winnow-notifications").daemon().start(this::run);
    }
  }

  private void run() {
    while (!closed) {
      try (Connection connection = source.connect()) {
        current = connection;
        listen(connection);
      } catch (SQLException | RuntimeException e) {
        LockSupport.parkNanos(RETRY.toNanos()); // listeners poll meanwhile
      }
    }
  }

  private void listen(Connection connection) throws SQLException {
    Set<String> known = new HashSet<>();
    while (!closed) {
      for (Listener listener : listeners) {
        if (known.add(listener.channel())) {
          try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + listener.channel());
            statement.execute(Audience.join(listener.channel()));
          }
          tell(listener.channel(), "");
        }
      }
      for (PGNotification notification :
          connection.unwrap(PGConnection.class).getNotifications(WAIT_MILLIS)) {
        tell(notification.getName(), notification.getParameter());
      }
    }
  }

  private void tell(String channel, String payload) {
    for (Listener listener : listeners) {
      if (listener.channel().equals(channel)) {
        listener.consumer().accept(payload);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running != null && running != Thread.currentThread()) {
      LockSupport.unpark(running);
      Connection waiting = current;
      try {
        if (waiting != null) {
          waiting.abort(Runnable::run);
        }
        running.join(Duration.ofSeconds(2));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (SQLException e) {
        return; // a daemon thread: it ends with the process
      }
    }
  }
}
