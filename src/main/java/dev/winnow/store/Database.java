package dev.winnow.store;

import dev.winnow.WinnowException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The open database: a pool of connections to an embedded or an external PostgreSQL. Thread-safe.
 * Connection loss is survived: the work is done again on a new connection where that cannot do it
 * twice, and a dead embedded server is started again. An interrupt does not stop a statement; it
 * stays pending.
 *
 * <p>Statements that the database refuses end in {@link SqlFailure}; a database that cannot be
 * reached, is full or broken in a {@link WinnowException}.
 */
public final class Database implements AutoCloseable {

  /** What one transaction does. It may be run twice, so it must have no effect elsewhere. */
  public interface Work<T> {
    T run(Transaction transaction);
  }

  private static final int CONNECTIONS = 8;
  private static final int ATTEMPTS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ConnectionSource source;
  private final IdleConnections idle = new IdleConnections();
  private final Notifications notifications;
  private final ReusedConnections separate;
  private final GroupCommit small = new GroupCommit(this::inRepeatableTransaction);

  private final Semaphore permits = new Semaphore(CONNECTIONS, true);

  private Database(ConnectionSource source) {
    this.source = source;
    this.notifications = new Notifications(source);
    this.separate = new ReusedConnections(source);
  }

  /**
   * Opens the database, starts its server if it is the embedded one, and brings the schema up to
   * date.
   *
   * @param databaseUrl an external server: {@code postgres://user:password@host:port/database} or
   *     the {@code jdbc:postgresql:} form; without it the embedded server in the data directory
   * @param progress gets a line before something that takes seconds
   */
  public static Database open(
      Path dataDirectory, Optional<String> databaseUrl, Consumer<String> progress) {
    return open(ConnectionSource.of(dataDirectory, databaseUrl, progress));
  }

  static Database open(ConnectionSource source) {
    try {
      Connection connection = source.connectForWork();
      try {
        Migrations.apply(source, connection);
        connection.setAutoCommit(false);
      } catch (SQLException | RuntimeException | Error e) {
        IdleConnections.close(connection);
        throw e;
      }
      Database database = new Database(source);
      database.idle.put(connection);
      return database;
    } catch (SQLException e) {
      source.close();
      throw unreachable(source, e);
    } catch (RuntimeException | Error e) {
      source.close();
      throw e;
    }
  }

  /**
   * Commits what the work does, or nothing of it. The work is done again after a lost connection or
   * a conflict with another transaction, as long as the commit was not yet sent.
   */
  public <T> T inTransaction(Work<T> work) {
    return run(work, false, false);
  }

  /**
   * The same for work that may be committed twice without harm, because its second time finds the
   * first: it is done again also if the connection was lost during the commit.
   */
  public <T> T inRepeatableTransaction(Work<T> work) {
    return run(work, true, false);
  }

  /**
   * One small statement that may be committed twice without harm, together with those of others
   * that come at the same time; returns how many rows were changed. Those with the same key are
   * committed in the order in which they came, or in one transaction and in any order.
   *
   * @param key such as the run that it is about
   */
  public int together(Object key, String sql, @Nullable Object... arguments) {
    return GroupCommit.await(small.add(key, true, sql, arguments));
  }

  /** The same without waiting until it is decided. */
  public CompletableFuture<Integer> togetherLater(
      Object key, String sql, @Nullable Object... arguments) {
    return small.add(key, false, sql, arguments);
  }

  /** The rows of a {@code select}. */
  public <T> List<T> query(String sql, Function<Row, T> mapper, @Nullable Object... arguments) {
    requireSelect(sql);
    return run(transaction -> transaction.query(sql, mapper, arguments), true, true);
  }

  /** The first row of a {@code select}, if there is one. */
  public <T> Optional<T> queryOne(
      String sql, Function<Row, T> mapper, @Nullable Object... arguments) {
    requireSelect(sql);
    return run(transaction -> transaction.queryOne(sql, mapper, arguments), true, true);
  }

  /** One statement in a transaction of its own; returns how many rows were changed. */
  public int update(String sql, @Nullable Object... arguments) {
    return inTransaction(transaction -> transaction.update(sql, arguments));
  }

  /** Calls the listener for each notification on the channel; see {@link Notifications}. */
  public Notifications.Subscription listen(String channel, Consumer<String> listener) {
    return notifications.subscribe(channel, listener);
  }

  /**
   * Connections apart from this pool, for a library with statements of its own. They are closed
   * with this database.
   */
  public DataSource separateConnections() {
    return separate;
  }

  /** Whether the server is one that others can reach too, not the embedded one. */
  public boolean isExternal() {
    return source instanceof ConnectionSource.External;
  }

  /** A connection beside the pool, for work that takes long; the caller closes it. */
  Connection connectAlone() throws SQLException {
    return source.connect();
  }

  ConnectionSource source() {
    return source;
  }

  RuntimeException explain(SQLException failure) {
    return explain(new SqlFailure(failure), false);
  }

  private static void requireSelect(String sql) {
    // what is not only read must not be repeated after a lost connection
    if (!sql.stripLeading().toLowerCase(Locale.ROOT).startsWith("select")) {
      throw new IllegalArgumentException("only a select here; use inTransaction: " + sql);
    }
  }

  /**
   * @param single one statement that only reads: it needs no commit, which would be a second way to
   *     the server and back
   */
  private <T> T run(Work<T> work, boolean repeatable, boolean single) {
    permits.acquireUninterruptibly();
    boolean interrupted = Thread.interrupted();
    try {
      for (int attempt = 1; ; attempt++) {
        boolean committing = false;
        try {
          Connection connection = acquire();
          boolean usable = false;
          try {
            connection.setAutoCommit(single);
            T result = work.run(new Transaction(connection));
            committing = true;
            if (single) {
              connection.setAutoCommit(false);
            } else {
              connection.commit();
            }
            usable = true;
            return result;
          } catch (Throwable e) {
            usable = rollback(connection, e);
            throw e;
          } finally {
            release(connection, usable);
          }
        } catch (SQLException | SqlFailure e) {
          SqlFailure failure = e instanceof SqlFailure f ? f : new SqlFailure((SQLException) e);
          interrupted |= Thread.interrupted();
          boolean again =
              failure.isConflict() || (failure.isConnectionLoss() && (repeatable || !committing));
          if (!again || attempt == ATTEMPTS) {
            throw explain(failure, committing);
          }
          // the others are dead as well
          idle.closeAll();
        }
      }
    } finally {
      permits.release();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean rollback(Connection connection, Throwable why) {
    try {
      connection.setAutoCommit(false); // without a word to the server: it is in no transaction
      connection.rollback();
      return !connection.isClosed();
    } catch (SQLException e) {
      why.addSuppressed(e); // a lost connection: the server rolls back by itself
      return false;
    }
  }

  private void release(Connection connection, boolean usable) {
    if (usable) {
      idle.put(connection);
    } else {
      IdleConnections.close(connection);
    }
  }

  private Connection acquire() throws SQLException {
    Connection ready = idle.take();
    if (ready != null) {
      return ready;
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        Connection connection = source.connectForWork();
        connection.setAutoCommit(false);
        return connection;
      } catch (SQLException e) {
        if (!new SqlFailure(e).isConnectionLoss()) {
          throw e;
        }
        if (System.nanoTime() > deadline) {
          throw unreachable(source, e);
        }
        // it may be restarting
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private RuntimeException explain(SqlFailure failure, boolean committing) {
    if (failure.isConnectionLoss()) {
      return committing
          ? WinnowException.infrastructure(
              "The connection to the database was lost while it was saving: look whether it did.",
              failure)
          : unreachable(source, failure);
    }
    return switch (failure.state()) {
      case "53100" ->
          WinnowException.infrastructure(
              "The disk of the database is full: free some space for the %s."
                  .formatted(source.description()),
              failure);
      case "53300", "25006" -> unreachable(source, failure);
      default -> failure;
    };
  }

  private static WinnowException unreachable(ConnectionSource source, Exception e) {
    Throwable first = e;
    while (first.getCause() instanceof SQLException cause) {
      first = cause;
    }
    if (first.getCause() instanceof WinnowException known) {
      return known;
    }
    String said = String.valueOf(first.getMessage());
    return WinnowException.infrastructure(
        "The database cannot be reached: %s (%s)."
            .formatted(said.lines().findFirst().orElse("no reason given"), source.description()),
        e);
  }

  /** What the connections of this process do at this moment. */
  public Pool pool() {
    int used = CONNECTIONS - permits.availablePermits();
    return new Pool(used, idle.size(), permits.getQueueLength());
  }

  /**
   * Connections by what they do.
   *
   * @param waiting threads that wait for one
   */
  public record Pool(int used, int idle, int waiting) {}

  @Override
  public void close() {
    notifications.close();
    separate.close();
    idle.shut();
    source.close();
  }
}
