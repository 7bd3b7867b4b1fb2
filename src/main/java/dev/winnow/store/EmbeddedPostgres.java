package dev.winnow.store;

import dev.winnow.PassableDirectory;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.HostSpec;

/**
 * A PostgreSQL server that Winnow processes of one user share. The first one starts it, the others
 * attach, the last one to close stops it. A server that outlived a killed process is attached to
 * again.
 *
 * <p>Who uses it is a shared lock on {@code clients.lock}; who starts or stops it is an exclusive
 * one on {@code launch.lock}. The system releases both when a process dies, however it dies. They
 * belong to the process, so there is one instance per process and directory.
 */
final class EmbeddedPostgres implements AutoCloseable {

  private static final int LONGEST_SOCKET_PATH = 103; // bytes; 107 on Linux, 103 on macOS
  private static final Duration START_LIMIT = Duration.ofMinutes(6);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Map<Path, EmbeddedPostgres> OPEN = new HashMap<>();

  private final Path home;
  private final PostgresCluster cluster;
  private final FileChannel clients;
  private int uses = 1;
  private boolean closed;
  private FileLock share;

  private EmbeddedPostgres(Path home) throws IOException {
    this.home = home;
    this.cluster = new PostgresCluster(home);
    this.clients = lockFile("clients.lock");
    this.share = share();
  }

  /** Whoever stops the server has all of the lock for a moment, whoever upgrades it for minutes. */
  private FileLock share() throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        FileLock mine = clients.tryLock(0, Long.MAX_VALUE, true);
        if (mine != null) {
          return mine;
        }
        if (Files.exists(home.resolve(PostgresCluster.UPGRADE_SOCKETS))) {
          throw WinnowException.usage(
              "Another process upgrades the database in %s: try again when it is done."
                  .formatted(home));
        }
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Starts or attaches to the server in the directory.
   *
   * @param progress gets a line before something that takes seconds
   */
  static EmbeddedPostgres open(Path directory, Consumer<String> progress) {
    EmbeddedPostgres opened = use(directory);
    try {
      opened.ensureRunning(progress);
      return opened;
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** Becomes a client of the server in the directory, which may not run yet. */
  static EmbeddedPostgres use(Path directory) {
    synchronized (OPEN) {
      try {
        Path home = prepare(directory);
        EmbeddedPostgres known = OPEN.get(home);
        if (known != null) {
          known.uses++;
          return known;
        }
        EmbeddedPostgres opened = new EmbeddedPostgres(home);
        OPEN.put(home, opened);
        return opened;
      } catch (IOException e) {
        throw explain(directory, e);
      }
    }
  }

  private static Path prepare(Path directory) throws IOException {
    PassableDirectory.createAll(directory);
    Path home = directory.toRealPath();
    int length =
        new PostgresCluster(home).socket().toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_SOCKET_PATH) {
      throw WinnowException.infrastructure(
          "The data directory's path is %d bytes too long for the database's socket: %s"
              .formatted(length - LONGEST_SOCKET_PATH, directory),
          null);
    }
    if (!Files.isWritable(home)) {
      throw new AccessDeniedException(home.toString());
    }
    // as root the server's unprivileged user must pass through to its own files
    Files.setPosixFilePermissions(
        home, PosixFilePermissions.fromString(ServiceUser.isRoot() ? "rwx--x--x" : "rwx------"));
    return home;
  }

  private FileChannel lockFile(String name) throws IOException {
    return FileChannel.open(
        home.resolve(name),
        java.util.Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** A new connection to the running server; does not start one. */
  Connection connect(String database, Properties extra) throws SQLException {
    Properties properties = new Properties();
    properties.putAll(extra);
    properties.setProperty("user", PostgresCluster.USER);
    try {
      properties.setProperty("password", cluster.password());
    } catch (IOException e) {
      throw new SQLException("cannot read the password of the embedded server", "08001", e);
    }
    properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
    properties.setProperty("socketFactoryArg", cluster.socket().toString());
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("PGDBNAME", database);
    // not through the driver, which first looks for default settings in every jar of the class
    // path; and an address
    // instead of a name, which would be looked up for nothing: the socket factory uses neither
    return new PgConnection(
        new HostSpec[] {new HostSpec("127.0.0.1", 5432)},
        properties,
        "jdbc:postgresql://127.0.0.1/" + database);
  }

  /** Starts the server if it is not running, and waits until it takes connections. */
  synchronized void ensureRunning(Consumer<String> progress) {
    if (closed) {
      // a thread that outlived its database must not start the server again
      throw WinnowException.infrastructure("Winnow is stopping: its database is closed.", null);
    }
    // an interrupt in the middle would close a lock's channel, and thereby give up the lock
    boolean interrupted = Thread.interrupted();
    try {
      long deadline = System.nanoTime() + START_LIMIT.toNanos();
      long patience = System.nanoTime() + PATIENCE.toNanos();
      while (!answers() && !startUnlessOthersDo(progress)) {
        if (System.nanoTime() > patience) {
          progress.accept("Waiting for another process that starts or stops the database");
          patience = deadline;
        }
        if (System.nanoTime() > deadline) {
          throw WinnowException.infrastructure(
              "The embedded PostgreSQL in %s does not answer (process %d): stop it and try again."
                  .formatted(home, cluster.holder()),
              null);
        }
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        interrupted |= Thread.interrupted();
      }
    } catch (IOException e) {
      throw explain(home, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean startUnlessOthersDo(Consumer<String> progress) throws IOException {
    try (FileChannel launch = lockFile("launch.lock");
        FileLock mine = launch.tryLock()) {
      if (mine == null) {
        return false;
      }
      if (PostgresCluster.finishUpgrade(home) || Files.exists(home.resolve("data"))) {
        cluster.requireOwnCluster();
      }
      // one that is starting, recovering or just about to end: ask again later
      if (cluster.holder() != 0) {
        return false;
      }
      if (!answers()) {
        cluster.start(progress);
      }
      return answers();
    }
  }

  private boolean answers() {
    if (!cluster.hasPassword() || !Files.exists(cluster.socket())) {
      return false;
    }
    try (Connection _ = connect("postgres", new Properties())) {
      return true;
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith("28")) {
        throw WinnowException.infrastructure(
            "The embedded PostgreSQL in %s refuses the password in %s: restore that file."
                .formatted(home, home.resolve("secret")),
            e);
      }
      return state.equals("53300"); // all connections taken: it runs
    }
  }

  /** Stops the server if this was its last client. */
  @Override
  public void close() {
    synchronized (OPEN) {
      if (--uses > 0) {
        return;
      }
      OPEN.remove(home, this);
      stop();
    }
  }

  private synchronized void stop() {
    closed = true;
    boolean interrupted = Thread.interrupted();
    try (clients;
        FileChannel launch = lockFile("launch.lock");
        FileLock _ = launch.lock()) {
      share.release();
      try (@Nullable FileLock last = clients.tryLock()) {
        if (last != null && cluster.mayRun()) {
          cluster.stop();
        }
      }
    } catch (IOException e) {
      // nothing is lost: the server keeps running and the next client attaches to it
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static WinnowException explain(Path directory, IOException e) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("No space left on device")) {
      return PostgresCluster.diskFull(directory);
    }
    if (e instanceof AccessDeniedException) {
      return WinnowException.infrastructure(
          "The data directory is not writable: " + said + ". Choose another one.", e);
    }
    if (e instanceof FileAlreadyExistsException) {
      return WinnowException.infrastructure("The data directory is not a directory: " + said, e);
    }
    String reason =
        e instanceof FileSystemException f && f.getReason() != null
            ? f.getFile() + ": " + f.getReason()
            : said;
    return WinnowException.infrastructure(
        "The embedded PostgreSQL in %s cannot be used: %s".formatted(directory, reason), e);
  }
}
