package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.workspace.WorkDirectory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The whole program with a data directory of its own, in this process. It keeps the database server
 * running, so that not every command starts one.
 */
final class TestCommandLine implements AutoCloseable {

  /** How a command ended. */
  record Result(int exitCode, String out, String err) {

    List<JsonNode> lines() {
      return out.lines().map(line -> Json.read(line, JsonNode.class)).toList();
    }

    JsonNode last() {
      return lines().getLast();
    }
  }

  private final Path directory;
  private final Optional<String> databaseUrl;
  private final Database database;

  private TestCommandLine(Path directory, Optional<String> databaseUrl) {
    this.directory = directory;
    this.databaseUrl = databaseUrl;
    this.database = Database.open(data(), databaseUrl, line -> {});
  }

  static TestCommandLine create() throws IOException {
    Path directory = directory();
    TestDatabase.lendPrograms(directory.resolve("data"));
    return new TestCommandLine(directory, Optional.empty());
  }

  /**
   * The same with a new database of the server that all tests share: for those that are not about
   * the embedded one, which takes seconds to make.
   */
  static TestCommandLine withSharedServer() throws IOException, SQLException {
    return new TestCommandLine(directory(), Optional.of(TestDatabase.freshUrl()));
  }

  private static Path directory() throws IOException {
    // not JUnit's: commands of candidates run as another user, which must be able to pass through
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "winnow-test-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    Files.createDirectory(directory.resolve("data"));
    return directory;
  }

  /** For repositories and scripts. */
  Path newDirectory() throws IOException {
    return Files.createTempDirectory(directory, "files-");
  }

  Path data() {
    return directory.resolve("data");
  }

  Map<String, String> environment() {
    Map<String, String> all = new HashMap<>();
    all.put("HOME", directory.toString());
    all.put("WINNOW_DATA_DIR", data().toString());
    databaseUrl.ifPresent(url -> all.put("DATABASE_URL", url));
    return all;
  }

  Database database() {
    return database;
  }

  /** Steps of the run that have more than one recorded result. */
  List<String> recordedTwice(String run) {
    return database.query(
        "select key from step where run_id::text = ? and state = 'done' group by key"
            + " having count(*) > 1",
        row -> row.text("key"),
        run);
  }

  /** Stops the database server at once, as the kernel would. */
  void killDatabase() throws IOException {
    Path file = data().resolve("pg/data/postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(file).getFirst().strip());
    ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
    server.destroyForcibly();
    server.onExit().join();
  }

  /** What runs left in the directory of their workspaces. */
  List<String> leftInWorkDirectory() throws IOException {
    return namesIn(data().resolve("work"));
  }

  /** Empty for a directory that does not exist. */
  static List<String> namesIn(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).toList();
    }
  }

  Result run(String... args) {
    return run(Map.of(), args);
  }

  Result run(Map<String, String> more, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            false);
    Map<String, String> environment = new HashMap<>(environment());
    environment.putAll(more);
    Interrupts interrupts = new Interrupts();
    int exitCode =
        new CommandLineRunner(
                new CommandLineRunner.Context(console, interrupts, environment, directory))
            .run(args);
    interrupts.finished(); // or the end of this JVM would wait for the command
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    database.close();
    // deletes whatever a killed run left, like the next run would
    WorkDirectory.create(directory, "end").close();
    for (int left = 10_000; !deleted(left == 0); left--) {
      Thread.onSpinWait();
    }
  }

  /** A command that was refused early may still prove the sandbox beside us, which makes files. */
  private boolean deleted(boolean last) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
      return true;
    } catch (DirectoryNotEmptyException | UncheckedIOException e) {
      if (last) {
        throw e;
      }
      return false;
    }
  }
}
