package dev.winnow.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From a real cluster of PostgreSQL 17. */
@Timeout(180)
class UpgradePostgresTest {

  private Path data;
  private Path home;

  @BeforeEach
  void makeDataDirectory() throws IOException {
    data = Files.createTempDirectory(Path.of("/tmp"), "winnow-up-");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
    home = Files.createDirectory(data.resolve("pg"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
    Path programs = PostgresBinaries.unpackInto(TestDatabase.home(), line -> {});
    Files.createSymbolicLink(home.resolve(programs.getFileName()), programs);
    Path old = Files.createDirectory(home.resolve("bin-17"));
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (ZipFile jar = new ZipFile("target/postgres-before/postgres-before.jar")) {
      ZipEntry packed =
          jar.stream().filter(e -> e.getName().endsWith(".txz")).findFirst().orElseThrow();
      try (InputStream in = jar.getInputStream(packed)) {
        PostgresBinaries.unpack(in, old);
      }
    }
  }

  @AfterEach
  void delete() {
    TemporaryFiles.delete(data);
  }

  private PostgresCluster old() {
    return old("run");
  }

  private PostgresCluster old(String sockets) {
    return new PostgresCluster(
        home, home.resolve("data"), 17, Optional.of(home.resolve("bin-17/bin")), sockets);
  }

  private void fillOldCluster(UUID run) throws IOException {
    old().start(line -> {});
    try (Database database =
        Database.open(
            ConnectionSource.External.parse(
                "postgres://winnow:%s@/postgres?host=%s"
                    .formatted(old().password(), home.resolve("run"))))) {
      database.update(
          "insert into run (id, kind, state, task, repository) values (?, 'change', 'done', 'kept', '/r')",
          run);
    } finally {
      old().stop();
    }
  }

  private Database open() {
    return Database.open(data, Optional.empty(), line -> {});
  }

  private UpgradePostgres.Upgraded upgrade() {
    return UpgradePostgres.run(data, Optional.empty(), "test", line -> {});
  }

  private static List<String> tasks(Database database) {
    return database.query("select task from run", row -> row.text("task"));
  }

  @Test
  void movesEverythingToTheNewVersionAndKeepsTheOld() throws IOException {
    fillOldCluster(UUID.randomUUID());
    assertThatThrownBy(this::open)
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("written by PostgreSQL 17")
        .hasMessageContaining("winnow db upgrade")
        .message()
        .doesNotContain("\n");

    // what an upgrade that was killed in the middle leaves: servers without a master, half an
    // export
    old("upg").start(line -> {});
    PostgresCluster half =
        new PostgresCluster(home, home.resolve("data-unfinished"), 18, Optional.empty(), "upg");
    Files.delete(old("upg").socket());
    half.start(line -> {});
    Files.writeString(home.resolve(".upgrade.export.x.part"), "half");
    assertThatThrownBy(this::open)
        .as("nobody takes one of these servers for the database")
        .hasMessageContaining("winnow db upgrade");
    UpgradePostgres.Upgraded done = upgrade();
    assertThat(half.holder()).isZero();

    assertThat(done.from()).isEqualTo(17);
    assertThat(done.to()).isEqualTo(18);
    assertThat(done.kept()).exists();
    assertThat(PostgresCluster.majorOf(done.kept())).isEqualTo(17);
    try (Database database = open()) {
      assertThat(tasks(database)).containsExactly("kept");
      assertThat(
              database.queryOne(
                  "select current_setting('server_version_num')::int / 10000 as n",
                  row -> row.number("n")))
          .contains(18L);
    }
    assertThatThrownBy(this::upgrade).hasMessageContaining("nothing to upgrade");
    try (var left = Files.list(home)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .noneMatch(name -> name.matches(".*(upgrade|unfinished|ready|upg).*"));
    }

    // killed between the last two steps: the next start does the last one, or the next upgrade
    Files.move(home.resolve("data"), home.resolve("data-ready"));
    UpgradePostgres.Upgraded rest = upgrade();
    assertThat(rest)
        .isEqualTo(new UpgradePostgres.Upgraded(17, 18, OptionalLong.empty(), done.kept()));
    Files.move(home.resolve("data"), home.resolve("data-ready"));
    try (Database database = open()) {
      assertThat(tasks(database)).containsExactly("kept");
    }
  }

  @Test
  void withoutTheOldProgramsNothingIsTouched() throws IOException {
    fillOldCluster(UUID.randomUUID());
    Path programs = home.resolve("bin-17");
    Files.move(programs, data.resolve("elsewhere"));
    assertThatThrownBy(this::upgrade).hasMessageContaining("--from DIR");
    assertThatThrownBy(() -> UpgradePostgres.run(data, Optional.of(home), "test", line -> {}))
        .hasMessageContaining("has no programs of PostgreSQL 17");
    assertThat(PostgresCluster.majorOf(home.resolve("data"))).isEqualTo(17);

    UpgradePostgres.run(data, Optional.of(data.resolve("elsewhere")), "test", line -> {});
    try (Database database = open()) {
      assertThat(tasks(database)).containsExactly("kept");
    }
  }
}
