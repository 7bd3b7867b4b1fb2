package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.Lease;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that no node can work on end, and say why; they are not tried for ever. */
@Timeout(120)
class GivenUpRunTest {

  private static TestCommandLine winnow;
  private static FixtureRepository python;

  @BeforeAll
  static void create() throws IOException {
    winnow = TestCommandLine.create();
    python = FixtureRepository.create("python-unittest", winnow.newDirectory());
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static String queued() {
    TestCommandLine.Result result =
        winnow.run(
            "run",
            "--detach",
            "--repo",
            python.directory().toString(),
            "--task",
            python.task(),
            "--agents",
            python.agent("right"));
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out().strip();
  }

  private static TestCommandLine.Result runs(String... args) {
    return winnow.run(Stream.concat(Stream.of("runs"), Stream.of(args)).toArray(String[]::new));
  }

  private static void assertFailed(String run, String... reason) {
    new EventReader(winnow.database())
        .follow(UUID.fromString(run), 0, event -> {}, Cancellation.never());
    TestCommandLine.Result watched = runs("watch", run, "--json");
    assertThat(watched.exitCode()).isEqualTo(5);
    assertThat(watched.last().path("outcome").asText()).isEqualTo("failed");
    assertThat(watched.last().path("reason").asText()).contains(reason).doesNotContain("\n");
    assertThat(runs("show", run).exitCode()).isZero();
  }

  @Test
  void aRequestThatCannotBeReadEndsTheRun() throws Exception {
    List<String> unreadable = new ArrayList<>();
    for (String request :
        List.of(
            "{}",
            "[1]",
            "{\"task\": 7}",
            "{\"task\": {\"text\": \"x\"}, \"agents\": null}",
            "{\"aKeyOfTheNextVersion\": true}")) {
      String run = queued();
      unreadable.add(run);
      winnow
          .database()
          .update("update run set request = ?::jsonb where id::text = ?", request, run);
    }
    try (ChildWinnow node = ChildWinnow.start(winnow, "node")) {
      for (String run : unreadable) {
        assertFailed(run, "The request of run " + run, "made by Winnow ", "run it again");
        for (String[] command :
            List.of(new String[] {"resume", run}, new String[] {"fork", run, "--at", "1"})) {
          TestCommandLine.Result refused = runs(command);
          assertThat(refused.exitCode()).isEqualTo(2);
          assertThat(refused.err().lines()).hasSize(1);
          assertThat(refused.err()).contains("cannot be read");
        }
      }
      assertThat(node.isAlive()).isTrue();
    }
  }

  /** What a process leaves that is killed during the step: another one takes its lease. */
  private static void crash(String run, String step, Callable<String> afterwards) {
    CheckpointManager steps =
        new CheckpointManager(
            winnow.database(),
            Lease.acquire(winnow.database(), UUID.fromString(run), "dead/1/" + Ids.next()));
    assertThatThrownBy(() -> steps.step(step, "input", String.class, afterwards))
        .isInstanceOf(WinnowException.class)
        .as("it wakes up, and may write nothing")
        .hasMessageContaining("took over");
  }

  @Test
  void threeCrashesAtOneStepEndTheRunAndNameTheStep() {
    String run = queued();
    String step = "c1/green/turn-2/files";
    crash(
        run,
        step,
        () -> {
          crash(
              run,
              step,
              () -> {
                crash(
                    run,
                    step,
                    () -> {
                      try (ChildWinnow _ = ChildWinnow.start(winnow, "node")) {
                        assertFailed(run, "ended 3 times during the same step", step);
                      }
                      return "late";
                    });
                return "late";
              });
          return "late";
        });
    // a person who takes it up again starts the count anew, and nothing of the late ones is used
    TestCommandLine.Result resumed = runs("resume", run, "--json");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.last().path("outcome").asText()).isEqualTo("accepted");
    assertThat(
            winnow
                .database()
                .query(
                    "select state from step where run_id::text = ? and key = ? order by attempt",
                    row -> row.text("state"),
                    run,
                    step))
        .startsWith("late", "late", "late");
  }

  @Test
  void aNodeWithoutTheToolsOfTheRunLeavesItToOthers() {
    Map<String, String> fetches = Map.of("HTTP_FETCH_ENABLED", "true");
    TestCommandLine.Result queued =
        winnow.run(
            fetches,
            "run",
            "--detach",
            "--repo",
            python.directory().toString(),
            "--task",
            python.task(),
            "--agents",
            python.agent("right"));
    String run = queued.out().strip();
    TestCommandLine.Result refused = runs("resume", run);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("needs tool:http_fetch").contains("--detach");
    assertThat(refused.err().lines()).hasSize(1);
    TestCommandLine.Result able = winnow.run(fetches, "runs", "resume", run, "--json");
    assertThat(able.exitCode()).as(able.err()).isZero();
    assertThat(able.last().path("outcome").asText()).isEqualTo("accepted");
  }
}
