package dev.winnow.store;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The files and the process of the embedded server; whoever calls {@link #start} or {@link #stop}
 * holds the launch lock. Layout below {@code home}: {@code bin-*}, {@code data}, {@code run} (the
 * socket, 0700), {@code secret} (the password, 0600), {@code server.log}.
 */
final class PostgresCluster {

  static final String USER = "winnow";
  static final int MAJOR = 18;

  /** A finished upgrade that only has to be moved to its place. */
  static final String READY = "data-ready";

  /** What an upgrade writes into. */
  static final String UNFINISHED = "data-unfinished";

  /**
   * Where the servers of an upgrade listen: one that outlives a killed upgrade must not be taken
   * for the database, or what is written to it would be lost with it.
   */
  static final String UPGRADE_SOCKETS = "upg";

  private static final long LOG_LIMIT = 8 << 20;

  /** Relative socket directory: the server's own path to it cannot be too long, and may move. */
  private static final String SETTINGS =
      """

      # written by Winnow
      listen_addresses = ''
      unix_socket_directories = '../run'
      unix_socket_permissions = 0700
      max_connections = 200
      shared_buffers = '64MB'
      wal_level = minimal
      max_wal_senders = 0
      max_wal_size = '256MB'
      jit = off
      timezone = 'UTC'
      log_timezone = 'UTC'
      """;

  private final Path home;
  private final Path data;
  private final int major;
  private final Optional<Path> programs;
  private final String sockets;

  PostgresCluster(Path home) {
    this(home, home.resolve("data"), MAJOR, Optional.empty(), "run");
  }

  /**
   * @param data the cluster's files, in {@code home}
   * @param programs of PostgreSQL, when they are not those that Winnow brings
   * @param sockets directory in {@code home}
   */
  PostgresCluster(Path home, Path data, int major, Optional<Path> programs, String sockets) {
    this.home = home;
    this.data = data;
    this.major = major;
    this.programs = programs;
    this.sockets = sockets;
  }

  Path socket() {
    return home.resolve(sockets).resolve(".s.PGSQL.5432");
  }

  String password() throws IOException {
    return Files.readString(home.resolve("secret")).strip();
  }

  boolean hasPassword() {
    return Files.exists(home.resolve("secret"));
  }

  /** Makes what is missing and starts the server; returns when it takes connections. */
  void start(Consumer<String> progress) throws IOException {
    TemporaryFiles.removeFrom(home);
    try {
      launch(progress);
    } catch (IOException | RuntimeException e) {
      TemporaryFiles.removeFrom(home); // the disk may be full
      throw e;
    }
  }

  /** The last step of an upgrade that was killed just before it; whether there was one. */
  static boolean finishUpgrade(Path home) throws IOException {
    Path ready = home.resolve(READY);
    Path data = home.resolve("data");
    if (Files.exists(data) || !Files.exists(ready)) {
      return false;
    }
    Files.move(ready, data, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  private void launch(Consumer<String> progress) throws IOException {
    boolean isNew = !Files.exists(data);
    if (!isNew) {
      requireOwnCluster();
    }
    ServiceUser user = ServiceUser.forCluster(data);
    user.requireWayTo(home);
    Path bin = programs(progress);
    if (isNew) {
      initialize(bin, progress);
    }
    prepareRunDirectory(user);
    removeStaleLocks();
    Path log = prepareLog(user);
    long logged = Files.size(log);
    ServerCommand.Result result =
        new ServerCommand(home, user)
            .run(
                bin.resolve("pg_ctl").toString(),
                "--pgdata=" + data,
                "--log=" + log,
                "--options=-c unix_socket_directories=../" + sockets,
                "--wait",
                "--timeout=300", // crash recovery of a large log takes its time
                "start");
    if (result.exitCode() != 0) {
      throw failure("does not start", result.output() + "\n" + readFrom(log, logged));
    }
  }

  private Path programs(Consumer<String> progress) throws IOException {
    return programs.isPresent()
        ? programs.get()
        : PostgresBinaries.unpackInto(home, progress).resolve("bin");
  }

  /** Ends all sessions and stops the server, with a checkpoint. */
  void stop() throws IOException {
    Path bin = programs(line -> {});
    var _ =
        new ServerCommand(home, ServiceUser.forCluster(data))
            .run(
                bin.resolve("pg_ctl").toString(),
                "--pgdata=" + data,
                "--mode=fast",
                "--wait",
                "--timeout=60",
                "stop");
  }

  boolean mayRun() {
    return Files.exists(data.resolve("postmaster.pid"));
  }

  /** The process that has the cluster open, alive or about to end; 0 if there is none. */
  long holder() throws IOException {
    return RunningProcesses.withWorkingDirectory(data);
  }

  private void initialize(Path bin, Consumer<String> progress) throws IOException {
    progress.accept("First start: creating the database in " + data);
    ServiceUser user = ServiceUser.forInitdb();
    user.requireWayTo(home);
    String password = hasPassword() ? password() : createPassword();
    Path unfinished = Files.createTempDirectory(home, TemporaryFiles.PREFIX);
    Path passwordFile = Files.writeString(unfinished.resolve("password"), password);
    Path cluster = unfinished.resolve("data");
    user.ownAll(unfinished);
    ServerCommand.Result result =
        new ServerCommand(home, user)
            .run(
                bin.resolve("initdb").toString(),
                "--pgdata=" + cluster,
                "--username=" + USER,
                "--auth-host=scram-sha-256",
                // no wire to listen on, and who can make this socket owns the data already; the
                // handshake would cost each command a tenth of its start
                "--auth-local=password",
                "--pwfile=" + passwordFile,
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions",
                // rounds protect weak passwords; this one has 256 random bits
                "--set=scram_iterations=1");
    if (result.exitCode() != 0) {
      throw failure("cannot create its files", result.output());
    }
    Path settings = cluster.resolve("postgresql.conf");
    Files.writeString(
        settings, Files.readString(settings) + SETTINGS + (major < 18 ? "" : "io_method = sync\n"));
    ServiceUser.forCluster(data).ownAll(cluster);
    Files.move(cluster, data, StandardCopyOption.ATOMIC_MOVE);
    TemporaryFiles.delete(unfinished);
  }

  /** A new random password, also kept for later starts. */
  private String createPassword() throws IOException {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    Path secret =
        Files.createFile(
            home.resolve(TemporaryFiles.PREFIX + "secret"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, password);
    Files.move(secret, home.resolve("secret"), StandardCopyOption.ATOMIC_MOVE);
    return password;
  }

  /** The major version of PostgreSQL that wrote the cluster. */
  static int majorOf(Path data) throws IOException {
    String found = Files.readString(data.resolve("PG_VERSION")).strip();
    if (!found.matches("\\d{1,3}")) {
      throw WinnowException.infrastructure(
          data.resolve("PG_VERSION") + " names no version of PostgreSQL: restore it.", null);
    }
    return Integer.parseInt(found);
  }

  /** Fails with the line that says what to do, when another version wrote the cluster. */
  void requireOwnCluster() throws IOException {
    int found = majorOf(data);
    if (found != major) {
      throw WinnowException.infrastructure(
          "%s was written by PostgreSQL %d, and this Winnow brings %d: %s."
              .formatted(
                  data,
                  found,
                  major,
                  found < major
                      ? "move it over with 'winnow db upgrade' (the old files are kept)"
                      : "use the Winnow that wrote it, or another data directory"),
          null);
    }
    if (!hasPassword()) {
      throw WinnowException.infrastructure(
          "The database's password file %s is missing: restore it, or move %s away to begin anew."
              .formatted(home.resolve("secret"), home),
          null);
    }
  }

  private void prepareRunDirectory(ServiceUser user) throws IOException {
    Path run = Files.createDirectories(home.resolve(sockets));
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
    user.own(run);
  }

  private Path prepareLog(ServiceUser user) throws IOException {
    Path log = home.resolve("server.log");
    if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
      Files.move(log, home.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!Files.exists(log)) {
      Files.createFile(log);
      Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-------"));
    }
    user.own(log);
    return log;
  }

  /**
   * After a {@code kill -9} the pid file may name a zombie that nobody reaped, or by now an
   * innocent process, and the server would refuse to start. The caller has seen that no process
   * holds the cluster.
   */
  private void removeStaleLocks() throws IOException {
    if (RunningProcesses.areVisible()) {
      Files.deleteIfExists(data.resolve("postmaster.pid"));
      Files.deleteIfExists(socket());
      Files.deleteIfExists(home.resolve(sockets).resolve(".s.PGSQL.5432.lock"));
    }
  }

  private static String readFrom(Path log, long offset) throws IOException {
    try (var channel = Files.newByteChannel(log)) {
      channel.position(Math.max(offset, channel.size() - 64 * 1024));
      var bytes = java.nio.ByteBuffer.allocate(64 * 1024);
      while (channel.read(bytes) > 0) {}
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }
  }

  /** One line out of what the programs said: the reason, where to read on, what to do. */
  private WinnowException failure(String what, String output) {
    if (output.contains("No space left on device")) {
      return diskFull(home);
    }
    if (output.contains("could not look up effective user ID")) {
      return WinnowException.infrastructure(
          "PostgreSQL needs an account for its user, and /etc/passwd has none for yours: add a line"
              + " there, or set DATABASE_URL to a server.",
          null);
    }
    List<String> reasons = new ArrayList<>();
    for (String line : output.lines().toList()) {
      if (line.matches("(?s).*(FATAL|PANIC|error|could not|cannot).*")) {
        reasons.add(line.replaceFirst("^.*?(FATAL|PANIC|error): *", "").strip());
      }
    }
    return WinnowException.infrastructure(
        "The embedded PostgreSQL %s: %s (see %s)"
            .formatted(
                what,
                reasons.isEmpty()
                    ? output.strip().lines().reduce("", (first, last) -> last)
                    : String.join("; ", reasons.subList(0, Math.min(3, reasons.size()))),
                home.resolve("server.log")),
        null);
  }

  static WinnowException diskFull(Path where) {
    return WinnowException.infrastructure(
        "The disk of the database is full: free some space for " + where, null);
  }
}
