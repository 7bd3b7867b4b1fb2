package dev.winnow.store;

import dev.winnow.WinnowException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

  private final ConnectionSource source;
  private final ConnectionPool pool;
  private final ConnectionPool bulk;
  private final GroupCommit small;
  private final Notifications notifications;
  private final Announcements announcements;
  private final ReusedConnections separate;

  private Database(ConnectionSource source) {
    this.source = source;
    this.pool = new ConnectionPool(source, CONNECTIONS, source::connectForWork);
    this.bulk = new ConnectionPool(source, 1, source::connectForBulks);
    this.small = new GroupCommit(this::single);
    this.notifications = new Notifications(source);
    this.announcements = new Announcements(this, new Audience(this, notifications));
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
      } catch (SQLException | RuntimeException | Error e) {
        IdleConnections.close(connection);
        throw e;
      }
      Database database = new Database(source);
      database.pool.put(connection, true);
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
    return run(pool, work, false, false);
  }

  /**
   * The same for work that may be committed twice without harm, because its second time finds the
   * first: it is done again also if the connection was lost during the commit.
   */
  public <T> T inRepeatableTransaction(Work<T> work) {
    return run(pool, work, true, false);
  }

  /**
   * Work of exactly one statement that may be committed twice without harm. It needs no way to the
   * server and back for the commit.
   */
  public <T> T inOneStatement(Work<T> work) {
    return run(pool, work, true, true);
  }

  private <T> T single(boolean patient, Work<T> work) {
    return run(patient ? pool : bulk, work, true, true);
  }

  /**
   * One row of a bulk, together with those of others that come at the same time; returns how many
   * rows were changed. What has the same key is committed in the order in which it came, or in one
   * statement.
   *
   * @param key such as the run that it is about
   * @param values of the columns of the bulk
   */
  public int together(Object key, BulkWrite write, @Nullable Object... values) {
    return GroupCommit.await(small.add(key, true, write, values));
  }

  /** The same without waiting until it is decided: it goes with the next one, or in a moment. */
  public CompletableFuture<Integer> togetherLater(
      Object key, BulkWrite write, @Nullable Object... values) {
    return small.add(key, false, write, values);
  }

  /**
   * One small statement that may be committed twice without harm, after the writes that came before
   * it with the same key; returns how many rows were changed.
   */
  public int afterwards(Object key, String sql, @Nullable Object... arguments) {
    return GroupCommit.await(small.add(key, true, sql, arguments));
  }

  /** The same without waiting until it is decided. */
  public CompletableFuture<Integer> afterwardsLater(
      Object key, String sql, @Nullable Object... arguments) {
    return small.add(key, false, sql, arguments);
  }

  /** Waits until all writes that came before with this key are decided. */
  public void flush(Object key) {
    int _ = GroupCommit.await(small.flush(key));
  }

  /** The rows of a {@code select}. */
  public <T> List<T> query(String sql, Function<Row, T> mapper, @Nullable Object... arguments) {
    requireSelect(sql);
    return run(pool, transaction -> transaction.query(sql, mapper, arguments), true, true);
  }

  /** The first row of a {@code select}, if there is one. */
  public <T> Optional<T> queryOne(
      String sql, Function<Row, T> mapper, @Nullable Object... arguments) {
    requireSelect(sql);
    return run(pool, transaction -> transaction.queryOne(sql, mapper, arguments), true, true);
  }

  /** One statement in a transaction of its own; returns how many rows were changed. */
  public int update(String sql, @Nullable Object... arguments) {
    return inTransaction(transaction -> transaction.update(sql, arguments));
  }

  /**
   * Tells whoever listens on the channel, in any process: in a moment, and together with others.
   */
  public void announce(String channel, String payload) {
    announcements.add(List.of(new Announcement(channel, payload, true)));
  }

  /**
   * The same for what is told often, and mostly to nobody: not told while no process listens. One
   * that begins to is found within a second, so it has to look by itself until then.
   */
  public void announceIfHeard(String channel, String payload) {
    announcements.add(List.of(new Announcement(channel, payload, false)));
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
   * @param single one statement, which is a transaction of its own
   */
  private <T> T run(ConnectionPool from, Work<T> work, boolean repeatable, boolean single) {
    from.enter();
    boolean interrupted = Thread.interrupted();
    try {
      for (int attempt = 1; ; attempt++) {
        boolean committing = false;
        try {
          Connection connection = from.take();
          boolean usable = false;
          try {
            connection.setAutoCommit(single);
            Transaction transaction = new Transaction(connection);
            T result = work.run(transaction);
            committing = true;
            if (!single) {
              connection.commit();
            }
            usable = true;
            announcements.add(transaction.announced());
            return result;
          } catch (Throwable e) {
            usable = rollback(connection, e);
            throw e;
          } finally {
            from.put(connection, usable);
          }
        } catch (SQLException | SqlFailure e) {
          SqlFailure failure = e instanceof SqlFailure f ? f : new SqlFailure((SQLException) e);
          interrupted |= Thread.interrupted();
          boolean again =
              failure.isConflict()
                  || (failure.isLocked()
                      && from == pool) // a pooler's session, with bulk's settings
                  || (failure.isConnectionLoss() && (repeatable || !committing));
          if (!again || attempt == ATTEMPTS) {
            throw explain(failure, committing);
          }
          from.closeIdle();
        }
      }
    } finally {
      from.leave();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean rollback(Connection connection, Throwable why) {
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      return !connection.isClosed();
    } catch (SQLException e) {
      why.addSuppressed(e); // a lost connection: the server rolls back by itself
      return false;
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

  static WinnowException unreachable(ConnectionSource source, Exception e) {
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
    return pool.state();
  }

  /**
   * Connections by what they do.
   *
   * @param waiting threads that wait for one
   */
  public record Pool(int used, int idle, int waiting) {}

  @Override
  public void close() {
    small.close();
    announcements.close();
    notifications.close();
    separate.close();
    bulk.close();
    pool.close();
    source.close();
  }
}
