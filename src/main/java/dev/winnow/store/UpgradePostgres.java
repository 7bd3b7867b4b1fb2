package dev.winnow.store;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Moves the embedded database from an older major version of PostgreSQL to the one that Winnow
 * brings: the old programs, which stay beside the data, write an export; a new cluster reads it;
 * and only then do the two change places. Killed at any point, either the old or the new one is
 * whole.
 */
public final class UpgradePostgres {

  /**
   * What was done.
   *
   * @param rows empty when only the last step of an upgrade that was killed was left to do
   * @param kept the old cluster; nothing of Winnow reads or deletes it
   */
  public record Upgraded(int from, int to, OptionalLong rows, Path kept) {}

  private static final String STOPPED = "The upgrade stopped, and the old database is as it was: ";

  private static final String EXPORT = "upgrade.export";

  private final Path home;
  private final Path data;
  private final String winnow;
  private final Consumer<String> progress;

  private UpgradePostgres(Path home, String winnow, Consumer<String> progress) {
    this.home = home;
    this.data = home.resolve("data");
    this.winnow = winnow;
    this.progress = progress;
  }

  /**
   * Upgrades the embedded database in the data directory.
   *
   * @param oldPrograms the directory with {@code bin/postgres} of the old version, when it is not
   *     the one that an earlier Winnow unpacked
   * @throws WinnowException USAGE when there is nothing to upgrade or it is in use
   */
  public static Upgraded run(
      Path dataDirectory, Optional<Path> oldPrograms, String winnow, Consumer<String> progress) {
    Path home = dataDirectory.resolve("pg");
    if (!Files.exists(home.resolve("data/PG_VERSION"))
        && !Files.exists(home.resolve(PostgresCluster.READY))) {
      throw WinnowException.usage("There is no embedded database in " + dataDirectory + ".");
    }
    try {
      return new UpgradePostgres(home.toRealPath(), winnow, progress).locked(oldPrograms);
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          STOPPED
              + (String.valueOf(e.getMessage()).contains("No space left")
                  ? PostgresCluster.diskFull(home).getMessage()
                  : e.getMessage() + "."),
          e);
    } catch (SQLException e) {
      throw WinnowException.infrastructure(
          STOPPED + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    } catch (WinnowException e) {
      throw e.category() == WinnowException.Category.USAGE
          ? e
          : WinnowException.infrastructure(STOPPED + e.getMessage(), e);
    }
  }

  private Upgraded locked(Optional<Path> oldPrograms) throws IOException, SQLException {
    try (FileChannel clients = open("clients.lock");
        FileChannel launch = open("launch.lock");
        FileLock alone = clients.tryLock();
        FileLock starting = launch.tryLock()) {
      if (alone == null || starting == null) {
        throw WinnowException.usage(
            "Another Winnow process uses the data in " + home + ": stop it first.");
      }
      boolean finished = PostgresCluster.finishUpgrade(home);
      deleteLeftOvers();
      if (finished) {
        return finished();
      }
      int from = PostgresCluster.majorOf(data);
      if (from >= PostgresCluster.MAJOR) {
        throw WinnowException.usage(
            "The database in %s is of PostgreSQL %d: there is nothing to upgrade."
                .formatted(home, from));
      }
      return upgrade(from, programs(from, oldPrograms));
    }
  }

  private Upgraded finished() throws IOException {
    try (DirectoryStream<Path> kept = Files.newDirectoryStream(home, "data-[0-9]*")) {
      Path old = data;
      for (Path path : kept) {
        old = path;
      }
      return new Upgraded(
          PostgresCluster.majorOf(old), PostgresCluster.majorOf(data), OptionalLong.empty(), old);
    }
  }

  /** Of an upgrade that was killed: servers that outlived it, the export, half of a cluster. */
  private void deleteLeftOvers() throws IOException {
    PostgresCluster half = fresh();
    if (half.holder() != 0) {
      half.stop();
    }
    TemporaryFiles.delete(home.resolve(PostgresCluster.UNFINISHED));
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(home, "{" + EXPORT + ",." + EXPORT + ".*}")) {
      for (Path path : left) {
        Files.delete(path);
      }
    }
  }

  private PostgresCluster fresh() {
    return new PostgresCluster(
        home,
        home.resolve(PostgresCluster.UNFINISHED),
        PostgresCluster.MAJOR,
        Optional.empty(),
        PostgresCluster.UPGRADE_SOCKETS);
  }

  private FileChannel open(String name) throws IOException {
    return FileChannel.open(
        home.resolve(name),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  private Upgraded upgrade(int from, Path programs) throws IOException, SQLException {
    Path export = home.resolve(EXPORT);
    Path ready = home.resolve(PostgresCluster.READY);
    Path kept = home.resolve("data-" + from);
    if (Files.exists(kept)) {
      throw WinnowException.usage(kept + " is from an earlier upgrade: move or delete it first.");
    }
    TemporaryFiles.delete(ready);
    try {
      progress.accept("Reading the database with PostgreSQL " + from);
      write(
          new PostgresCluster(
              home, data, from, Optional.of(programs), PostgresCluster.UPGRADE_SOCKETS),
          export);
      progress.accept("Writing it with PostgreSQL " + PostgresCluster.MAJOR);
      long rows = read(fresh(), export);
      Files.move(home.resolve(PostgresCluster.UNFINISHED), ready, StandardCopyOption.ATOMIC_MOVE);
      // killed between these two, the next start does the second one
      Files.move(data, kept, StandardCopyOption.ATOMIC_MOVE);
      Files.move(ready, data, StandardCopyOption.ATOMIC_MOVE);
      return new Upgraded(from, PostgresCluster.MAJOR, OptionalLong.of(rows), kept);
    } finally {
      deleteLeftOvers();
      TemporaryFiles.delete(home.resolve(PostgresCluster.UPGRADE_SOCKETS));
    }
  }

  private void write(PostgresCluster old, Path export) throws IOException, SQLException {
    if (old.holder() != 0) {
      old.stop(); // left behind by a killed process
    }
    old.start(progress);
    try (WriteArchive archive = WriteArchive.create(export);
        Connection connection = source(old).connect()) {
      var _ = ExportTables.write(connection, archive, winnow, more -> {});
    } finally {
      old.stop();
    }
  }

  private long read(PostgresCluster fresh, Path export) throws IOException {
    fresh.start(progress);
    try (ReadArchive archive = ReadArchive.open(export);
        Database database = Database.open(source(fresh))) {
      ImportTables.read(database, archive, true, () -> {});
      return archive.manifest().rows();
    } finally {
      fresh.stop();
    }
  }

  private static ConnectionSource source(PostgresCluster cluster) throws IOException {
    return ConnectionSource.External.parse(
        "postgres://%s:%s@/postgres?host=%s"
            .formatted(PostgresCluster.USER, cluster.password(), cluster.socket().getParent()));
  }

  /** The directory with the programs of that version. */
  private Path programs(int major, Optional<Path> given) throws IOException {
    if (given.isPresent()) {
      Path bin = given.get().toAbsolutePath().resolve("bin");
      if (!isOf(major, bin)) {
        throw WinnowException.usage("%s has no programs of PostgreSQL %d.".formatted(bin, major));
      }
      return bin;
    }
    try (DirectoryStream<Path> unpacked = Files.newDirectoryStream(home, "bin-*")) {
      for (Path directory : unpacked) {
        if (isOf(major, directory.resolve("bin"))) {
          return directory.resolve("bin");
        }
      }
    }
    throw WinnowException.usage(
        "The programs of PostgreSQL %d are gone from %s: give the directory of an installation with --from DIR."
            .formatted(major, home));
  }

  private boolean isOf(int major, Path bin) throws IOException {
    Path server = bin.resolve("postgres");
    if (!Files.isExecutable(server)) {
      return false;
    }
    ServerCommand.Result version =
        new ServerCommand(home, ServiceUser.forCluster(data)).run(server.toString(), "--version");
    return version.output().contains(" " + major + ".");
  }
}
