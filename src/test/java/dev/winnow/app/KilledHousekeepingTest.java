package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code db export}, {@code db import} and {@code gc}, killed in the middle and done again. */
@Timeout(120)
class KilledHousekeepingTest {

  private static TestCommandLine winnow;
  private static String run;

  @BeforeAll
  static void finishARun() throws IOException {
    winnow = TestCommandLine.create();
    FixtureRepository shell = FixtureRepository.create("shell", winnow.newDirectory());
    TestCommandLine.Result result =
        winnow.run(shell.run("--json", "--agents", shell.agent("right")));
    assertThat(result.exitCode()).as(result.err()).isZero();
    run = result.last().path("run").asText();
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  /** Holds the command at a lock that it needs, and kills it there. */
  private static void killAt(String lock, String... command) {
    boolean _ =
        winnow
            .database()
            .inTransaction(transaction -> {
              transaction.update("set local idle_in_transaction_session_timeout = 0");
              transaction.update(lock);
              try (ChildWinnow child = ChildWinnow.start(winnow, command)) {
                while (winnow
                    .database()
                    .queryOne(
                        "select 1 as n from pg_locks where not granted", row -> row.number("n"))
                    .isEmpty()) {
                  assertThat(child.isAlive()).isTrue();
                  ChaosPoint.pause(winnow.database());
                }
                child.kill();
                return true;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private static long rows(String table) {
    return winnow
        .database()
        .queryOne("select count(*) as n from " + table, row -> row.number("n"))
        .orElseThrow();
  }

  @Test
  void theSecondTimeEverythingIsDone() throws IOException {
    Path file = winnow.newDirectory().resolve("backup.tar.gz");
    killAt("lock table step in access exclusive mode", "db", "export", file.toString());
    assertThat(file).doesNotExist();
    TestCommandLine.Result exported = winnow.run("db", "export", file.toString());
    assertThat(exported.exitCode()).as(exported.err()).isZero();
    assertThat(exported.out()).contains("Exported 1 runs");

    long steps = rows("step");
    killAt("lock table ledger in share mode", "db", "import", "--replace", file.toString());
    assertThat(rows("step")).isEqualTo(steps).isPositive();
    assertThat(winnow.run("runs", "show", run).exitCode()).isZero();
    TestCommandLine.Result imported = winnow.run("db", "import", "--replace", file.toString());
    assertThat(imported.exitCode()).as(imported.err()).isZero();
    assertThat(rows("step")).isEqualTo(steps);
    assertThat(winnow.run("runs", "diff", run).exitCode()).isZero();

    Path settings = winnow.data().resolveSibling(".config").resolve("winnow");
    Files.writeString(
        Files.createDirectories(settings).resolve("winnow.yaml"),
        "retention: {journals: 1s, events: 30d, journal-size: 1MiB}\n");
    killAt("lock table step in share mode", "gc");
    assertThat(rows("step")).isEqualTo(steps);
    TestCommandLine.Result cleaned = winnow.run("gc", "--json");
    assertThat(cleaned.exitCode()).as(cleaned.err()).isZero();
    assertThat(cleaned.last().path("runs").toString()).contains(run);
    assertThat(rows("step")).isZero();
    assertThat(winnow.run("runs", "show", run).exitCode()).isZero();
  }
}
