package dev.winnow.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Real PostgreSQL for tests: one embedded server per JVM, started when the first test asks, and a
 * new database with the current schema for everybody who does.
 */
public final class TestDatabase {

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static @Nullable Path directory;

  private TestDatabase() {}

  /** An empty database that nobody else uses. The caller closes it. */
  public static Database fresh() {
    try {
      Path data = directory();
      return Database.open(
          new ConnectionSource.Embedded(
              EmbeddedPostgres.open(data.resolve("pg"), line -> {}),
              create("template winnow_template"),
              data,
              line -> {}));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The DATABASE_URL of the embedded server in a data directory, as if it were an external one. */
  public static String urlOf(Path dataDirectory) throws IOException {
    PostgresCluster cluster = new PostgresCluster(dataDirectory.resolve("pg"));
    return "postgres://%s:%s@/postgres?host=%s"
        .formatted(PostgresCluster.USER, cluster.password(), cluster.socket().getParent());
  }

  /** The DATABASE_URL of a new database without a schema, as if it were an external one. */
  static String emptyUrl() throws IOException, SQLException {
    return url(create("template template0"));
  }

  /**
   * Gives a data directory, not used yet, the programs of the shared server: unpacking them once
   * more costs seconds.
   */
  public static void lendPrograms(Path dataDirectory) throws IOException {
    Path home = Files.createDirectories(dataDirectory.resolve("pg"));
    try (Stream<Path> files = Files.list(home())) {
      for (Path programs :
          files.filter(file -> file.getFileName().toString().startsWith("bin-")).toList()) {
        Files.createSymbolicLink(home.resolve(programs.getFileName()), programs);
      }
    }
  }

  /** The same with the current schema. */
  public static String freshUrl() throws IOException, SQLException {
    return url(create("template winnow_template"));
  }

  private static String url(String database) throws IOException, SQLException {
    PostgresCluster cluster = new PostgresCluster(directory().resolve("pg"));
    return "postgres://%s:%s@/%s?host=%s"
        .formatted(
            PostgresCluster.USER, cluster.password(), database, cluster.socket().getParent());
  }

  private static String create(String template) throws IOException, SQLException {
    String name = "test_" + COUNT.incrementAndGet();
    try (var server = EmbeddedPostgres.open(directory().resolve("pg"), line -> {});
        Connection connection = server.connect("postgres", new Properties());
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name + " " + template);
    }
    return name;
  }

  /** The shared server's directory. */
  static Path home() {
    try {
      return directory().resolve("pg");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static synchronized Path directory() throws IOException, SQLException {
    if (directory != null) {
      return directory;
    }
    Path created = Files.createTempDirectory(Path.of("/tmp"), "winnow-test-");
    Files.setPosixFilePermissions(created, PosixFilePermissions.fromString("rwx--x--x"));
    // held until the JVM ends
    var server = EmbeddedPostgres.open(created.resolve("pg"), line -> {});
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              server.close();
              TemporaryFiles.delete(created);
            }));
    try (Connection connection = server.connect("postgres", new Properties());
        Statement statement = connection.createStatement()) {
      statement.execute("create database winnow_template");
    }
    var source = new ConnectionSource.Embedded(server, "winnow_template", created, line -> {});
    try (Connection connection = source.connect()) {
      Migrations.apply(source, connection);
    }
    directory = created;
    return created;
  }
}
