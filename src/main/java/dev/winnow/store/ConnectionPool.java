package dev.winnow.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Connections for work of one kind, at most so many, given out in the order of asking. */
final class ConnectionPool {

  interface Connect {
    Connection connect() throws SQLException;
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ConnectionSource source;
  private final Connect connect;
  private final int size;
  private final Semaphore permits;
  private final IdleConnections idle = new IdleConnections();

  /**
   * @param connect makes another one
   */
  ConnectionPool(ConnectionSource source, int size, Connect connect) {
    this.source = source;
    this.size = size;
    this.connect = connect;
    this.permits = new Semaphore(size, true);
  }

  /** Waits for the right to use a connection; {@link #leave} gives it back. */
  void enter() {
    permits.acquireUninterruptibly();
  }

  void leave() {
    permits.release();
  }

  /** A connection that works; waits for a server that may be restarting. */
  Connection take() throws SQLException {
    @Nullable Connection ready = idle.take();
    if (ready != null) {
      return ready;
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return connect.connect();
      } catch (SQLException e) {
        if (!new SqlFailure(e).isConnectionLoss()) {
          throw e;
        }
        if (System.nanoTime() > deadline) {
          throw Database.unreachable(source, e);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  void put(Connection connection, boolean usable) {
    if (usable) {
      idle.put(connection);
    } else {
      IdleConnections.close(connection);
    }
  }

  /** After one is found dead: most likely the others are dead as well. */
  void closeIdle() {
    idle.closeAll();
  }

  Database.Pool state() {
    return new Database.Pool(
        size - permits.availablePermits(), idle.size(), permits.getQueueLength());
  }

  void close() {
    idle.shut();
  }
}
