package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.judge.Decision;
import dev.winnow.run.RunRecord;
import dev.winnow.run.RunStore;
import dev.winnow.workspace.WorkDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Real node processes that are killed, frozen and cut off from their database while they work. The
 * short form is part of the suite; {@code -Dwinnow.chaos.runs=200} is the long one.
 */
@Timeout(7200)
@Order(1) // one of the longest
class ChaosTest {

  private static final int RUNS = Integer.getInteger("winnow.chaos.runs", 5);

  /** What is done to the node that works on a run, when. */
  private enum Trouble {
    KILLED_IN_PREPARATION,
    KILLED_AT_A_MODEL_CALL,
    FROZEN_AT_A_TOOL,
    DATABASE_KILLED_AT_A_SNAPSHOT,
    KILLED_AT_THE_DELIVERY,
    KILLED_AT_A_TOOL,
    KILLED_AT_A_SNAPSHOT,
    KILLED_IN_THE_EVIDENCE,
    FROZEN_IN_THE_EVIDENCE,
    KILLED_AT_THE_DECISION;

    boolean isDueAt(RecordedEvent event) {
      return switch (this) {
        case KILLED_IN_PREPARATION -> isPhase(event, "prepare");
        case KILLED_AT_A_MODEL_CALL -> event.event() instanceof RunEvent.ModelText;
        case FROZEN_AT_A_TOOL, KILLED_AT_A_TOOL -> event.event() instanceof RunEvent.ToolCalled;
        case DATABASE_KILLED_AT_A_SNAPSHOT, KILLED_AT_A_SNAPSHOT ->
            event.event() instanceof RunEvent.SnapshotTaken;
        case KILLED_AT_THE_DELIVERY -> isPhase(event, "deliver");
        case KILLED_IN_THE_EVIDENCE, FROZEN_IN_THE_EVIDENCE -> isPhase(event, "evidence");
        case KILLED_AT_THE_DECISION -> isPhase(event, "judge");
      };
    }

    private static boolean isPhase(RecordedEvent event, String phase) {
      return event.event() instanceof RunEvent.PhaseStarted(String started)
          && started.equals(phase);
    }
  }

  @Test
  void everyRunEndsAsIfNothingHadHappened() throws Exception {
    try (ChaosCluster cluster = ChaosCluster.create(2)) {
      List<UUID> runs = new ArrayList<>();
      for (int i = 0; i < RUNS; i++) {
        UUID run = cluster.submit("run-" + i, 150);
        runs.add(run);
        Trouble trouble = Trouble.values()[i % Trouble.values().length];
        RecordedEvent at = cluster.await(run, 0, trouble::isDueAt);
        make(trouble, cluster, at.run());
      }
      for (UUID run : runs) {
        cluster.await(run, 0, event -> event.event() instanceof RunEvent.RunFinished);
      }
      cluster.stopNodes();
      for (UUID run : runs) {
        endedWell(cluster, run);
      }
      assertThat(git(cluster.repository().directory(), "branch", "--list", "winnow/*").lines())
          .as("one branch for each run")
          .hasSize(runs.size());
      nothingWasPaidTwice(cluster);
      noZombieWrote(cluster);
      nothingIsLeft(cluster);
    }
  }

  private static void make(Trouble trouble, ChaosCluster cluster, UUID run) throws Exception {
    switch (trouble) {
      case DATABASE_KILLED_AT_A_SNAPSHOT -> cluster.killDatabase();
      case FROZEN_AT_A_TOOL, FROZEN_IN_THE_EVIDENCE -> {
        int node = cluster.ownerOf(run).orElse(0);
        long epoch = epoch(cluster, run);
        cluster.signal(node, "STOP");
        // until the other one has taken the run over, however long that takes
        while (epoch(cluster, run) == epoch && outcome(cluster, run) == null) {
          cluster.pause();
        }
        cluster.signal(node, "CONT");
      }
      default -> cluster.killAndRestart(cluster.ownerOf(run).orElse(0));
    }
  }

  private static long epoch(ChaosCluster cluster, UUID run) {
    return cluster
        .database()
        .queryOne("select lease_epoch from run where id = ?", r -> r.number("lease_epoch"), run)
        .orElseThrow();
  }

  private static @Nullable String outcome(ChaosCluster cluster, UUID run) {
    return new RunStore(cluster.database()).find(run.toString()).outcome();
  }

  private static void endedWell(ChaosCluster cluster, UUID run) {
    RunRecord record = new RunStore(cluster.database()).find(run.toString());
    assertThat(record.outcome()).as("run %s: %s", run, record.result()).isEqualTo("accepted");
    Decision decision = Objects.requireNonNull(record.decision());
    assertThat(decision.winner()).isEqualTo("c1");
    assertThat(decision.rule().label()).isEqualTo("tests");
  }

  /** Each call that was made has a row of its own, and only those without an answer came twice. */
  private static void nothingWasPaidTwice(ChaosCluster cluster) throws Exception {
    Map<String, Integer> made = new TreeMap<>();
    for (String line : Files.readAllLines(cluster.calls())) {
      made.merge(line, 1, Integer::sum);
    }
    assertThat(made).isNotEmpty();
    Map<String, Integer> recorded = new HashMap<>();
    cluster
        .runs()
        .forEach((run, scripts) ->
            cluster
                .database()
                .query(
                    "select key from step where run_id = ? and key like '%/call'",
                    row -> row.text("key"), run)
                .forEach(key -> recorded.merge(line(scripts, key), 1, Integer::sum)));
    made.forEach((call, times) ->
        assertThat(times)
            .as("%s: attempts in the journal", call)
            .isLessThanOrEqualTo(recorded.getOrDefault(call, 0)));
    // a call with an answer is not made again: at most one attempt of each is done
    assertThat(
            cluster
                .database()
                .query(
                    "select key from step where state = 'done' group by run_id, key"
                        + " having count(*) > 1",
                    row -> row.text("key")))
        .isEmpty();
  }

  /** {@code c1/green/turn-2/call} as the counter outside of Winnow writes it. */
  private static String line(String scripts, String key) {
    String[] parts = key.split("/", -1);
    String script =
        switch (parts[0]) {
          case "c1" -> "right";
          case "c2" -> "subtle";
          default -> "tester";
        };
    return "scripted:%s/%s.json %s %s"
        .formatted(scripts, script, parts[1], parts[2].replace("turn-", ""));
  }

  private static void noZombieWrote(ChaosCluster cluster) {
    assertThat(
            cluster
                .database()
                .query(
                    """
                    select old.key from step old join step newer on newer.run_id = old.run_id
                      and newer.epoch > old.epoch
                    where old.state in ('done', 'failed') and old.finished_at > newer.started_at
                    """,
                    row -> row.text("key")))
        .as("results of an old lease after the first step of a newer one")
        .isEmpty();
  }

  private static void nothingIsLeft(ChaosCluster cluster) throws Exception {
    assertThat(
            cluster
                .database()
                .query(
                    "select task_instance from scheduled_tasks", row -> row.text("task_instance")))
        .isEmpty();
    for (Path data : cluster.nodeData()) {
      // what a killed process left is deleted by the next one
      int _ = WorkDirectory.sweep(data);
      assertThat(TestCommandLine.namesIn(data.resolve("work"))).isEmpty();
      assertThat(
              ProcessHandle.allProcesses()
                  .filter(p -> p.info().commandLine().orElse("").contains(data + "/work/")))
          .isEmpty();
    }
  }
}
