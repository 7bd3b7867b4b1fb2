package dev.winnow.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
@Order(2) // not among the last, where it would be alone
class EmbeddedPostgresTest {

  private Path data;

  @BeforeEach
  void makeDataDirectory() throws IOException {
    data = Files.createTempDirectory(Path.of("/tmp"), "winnow-pg-");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
    Files.createDirectory(data.resolve("pg"));
    Path programs = PostgresBinaries.unpackInto(TestDatabase.home(), line -> {});
    Files.createSymbolicLink(data.resolve("pg").resolve(programs.getFileName()), programs);
  }

  @AfterEach
  void stopAndDelete() throws IOException {
    // attaches to whatever a test left behind, and is the last client
    if (Files.exists(data.resolve("pg/data/postmaster.pid"))) {
      EmbeddedPostgres.open(data.resolve("pg"), line -> {}).close();
    }
    TemporaryFiles.delete(data);
  }

  private Database open() {
    return Database.open(data, Optional.empty(), line -> {});
  }

  private long marks(Database database) {
    return database
        .queryOne("select count(*) as n from mark", row -> row.number("n"))
        .orElseThrow();
  }

  private long serverProcess() throws IOException {
    return Long.parseLong(
        Files.readAllLines(data.resolve("pg/data/postmaster.pid")).getFirst().strip());
  }

  private void killServer() throws IOException {
    ProcessHandle server = ProcessHandle.of(serverProcess()).orElseThrow();
    server.destroyForcibly();
  }

  @Test
  void attachesToTheServerThatAKilledProcessLeftBehind() throws Exception {
    OtherProcess first = OtherProcess.start(data);
    first.awaitOpen();
    long server = serverProcess();
    first.kill();

    try (Database database = open()) {
      assertThat(serverProcess()).isEqualTo(server);
      assertThat(marks(database)).isEqualTo(1);
    }
    assertThat(data.resolve("pg/data/postmaster.pid")).doesNotExist();
  }

  @Test
  void processesThatStartTogetherShareOneServerUntilTheLastOneEnds() throws Exception {
    List<OtherProcess> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(OtherProcess.start(data));
    }
    for (OtherProcess other : others) {
      other.awaitOpen();
    }
    others.get(0).finish();
    others.get(1).finish();
    long server = serverProcess();
    try (Database database = open()) {
      assertThat(serverProcess()).isEqualTo(server);
      assertThat(marks(database)).isEqualTo(3);
    }
    others.get(2).finish();
    assertThat(data.resolve("pg/data/postmaster.pid")).doesNotExist();
    assertThat(
            ProcessHandle.of(server).filter(ProcessHandle::isAlive).isPresent()
                && RunningProcesses.withWorkingDirectory(data.resolve("pg/data")) != 0)
        .isFalse();
  }

  @Test
  void goesOnAfterTheServerWasKilledInTheMiddle() throws Exception {
    try (Database database = open()) {
      database.update("create table mark (process bigint)");
      List<Integer> runs = new ArrayList<>();
      database.inTransaction(transaction -> {
        runs.add(transaction.update("insert into mark values (1)"));
        if (runs.size() == 1) {
          kill();
        }
        return transaction.update("insert into mark values (2)");
      });
      assertThat(runs).hasSize(2);
      assertThat(marks(database)).isEqualTo(2);
      kill();
      assertThat(marks(database)).isEqualTo(2);
    }
  }

  /** Kills the server and waits until its sessions have noticed. */
  private void kill() {
    try {
      killServer();
      while (RunningProcesses.withWorkingDirectory(data.resolve("pg/data")) != 0) {
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void startsAfterServerAndClientWereKilledTogether() throws Exception {
    OtherProcess first = OtherProcess.start(data);
    first.awaitOpen();
    killServer();
    first.kill();
    // by now the number in the pid file may belong to anybody, such as this process
    Path pidFile = data.resolve("pg/data/postmaster.pid");
    List<String> lines = new ArrayList<>(Files.readAllLines(pidFile));
    lines.set(0, String.valueOf(ProcessHandle.current().pid()));
    Files.write(pidFile, lines);

    try (Database database = open()) {
      assertThat(marks(database)).isEqualTo(1);
    }
  }

  @Test
  void nobodyElseCanConnect() throws Exception {
    Path home = TestDatabase.home();
    try (Database database = TestDatabase.fresh()) {
      assertThat(
              database.queryOne(
                  "select current_setting('listen_addresses') as a", r -> r.text("a")))
          .contains("");
      assertThat(database.queryOne("select current_setting('fsync') as a", r -> r.text("a")))
          .contains("on");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("run"))))
          .isEqualTo("rwx------");
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("secret"))))
          .isEqualTo("rw-------");
      Properties properties = new Properties();
      properties.setProperty("user", PostgresCluster.USER);
      properties.setProperty("password", "guessed");
      properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
      properties.setProperty("socketFactoryArg", home.resolve("run/.s.PGSQL.5432").toString());
      properties.setProperty("sslmode", "disable");
      assertThatThrownBy(() ->
              new org.postgresql.Driver()
                  .connect("jdbc:postgresql://localhost/postgres", properties))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }
  }

  @Test
  void anotherUserCannotReachTheSocketNorThePassword() throws Exception {
    assumeTrue(ServiceUser.isRoot(), "only root can become somebody else");
    Path home = TestDatabase.home();
    try (Database _ = TestDatabase.fresh()) {
      for (String file : List.of("run/.s.PGSQL.5432", "secret", "data/PG_VERSION")) {
        Process stat =
            new ProcessBuilder(
                    "setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    "--",
                    "cat",
                    home.resolve(file).toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .contains("Permission denied");
      }
    }
  }

  @Test
  void saysInOneLineWhatIsWrongWithTheDirectory() throws Exception {
    assertFailure(data.resolve("x".repeat(120)), "bytes too long");
    assertFailure(Files.writeString(data.resolve("file"), ""), "file");

    Path other = Files.createDirectories(data.resolve("other/pg/data"));
    Files.writeString(other.resolve("PG_VERSION"), "17\n");
    assertFailure(data.resolve("other"), "written by PostgreSQL 17");

    Files.writeString(other.resolve("PG_VERSION"), "18\n");
    assertFailure(data.resolve("other"), "password file");

    Path closed = Files.createDirectory(data.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    if (ServiceUser.isRoot()) {
      assertFailure(closed, "is closed to it");
    } else {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
      assertFailure(closed, "not writable");
    }
  }

  private static void assertFailure(Path directory, String message) {
    assertThatThrownBy(() -> Database.open(directory, Optional.empty(), line -> {}))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }
}
