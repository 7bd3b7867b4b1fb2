package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.run.RunRecord;
import dev.winnow.run.RunStore;
import dev.winnow.workspace.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** What must be true after everything. */
final class ChaosOutcome {

  private final ChaosCluster cluster;
  private final RunStore store;

  ChaosOutcome(ChaosCluster cluster) {
    this.cluster = cluster;
    this.store = new RunStore(cluster.database());
  }

  private List<String> select(String sql) {
    return cluster.database().query("select " + sql, row -> row.text("found"));
  }

  /** The same decision to the word, and the same files of every candidate. */
  void endedAlike(UUID run, UUID undisturbed) {
    RunRecord record = store.find(run.toString());
    assertThat(record.outcome()).as("run %s: %s", run, record.result()).isEqualTo("accepted");
    RunRecord wanted = store.find(undisturbed.toString());
    assertThat(record.decision()).isNotNull().isEqualTo(wanted.decision());
    assertThat(candidates(run)).isEqualTo(candidates(undisturbed));
  }

  private List<String> candidates(UUID run) {
    return select(
        "concat_ws(' ', id, state, code_tree) as found from candidate where run_id = '%s' order by id"
            .formatted(run));
  }

  void everyRunHasOneBranch() throws Exception {
    assertThat(
            git(cluster.repository().directory(), "for-each-ref", "--format=%(refname)")
                .lines()
                .map(ref -> ref.replaceFirst("refs/heads/winnow/.*-", "")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Stream.of("refs/heads/main"),
                    cluster.runs().stream().map(run -> run.toString().substring(28)))
                .toList());
  }

  /** By the counter outside of Winnow: each call that was made has an attempt of its own. */
  void nothingRecordedWasDoneAgain() throws IOException {
    assertThat(
            select(
                """
                s.key as found from step d join step s on s.run_id = d.run_id and s.key = d.key
                where d.state in ('done', 'failed') and s.attempt > d.attempt
                """))
        .as("attempts after the one that was recorded")
        .isEmpty();
    Map<String, Integer> attempts = counted("step where key like '%/call'");
    Map<String, Integer> made = made();
    assertThat(made).isNotEmpty();
    made.forEach((call, times) ->
        assertThat(times)
            .as("%s: attempts in the journal", call)
            .isLessThanOrEqualTo(attempts.getOrDefault(call, 0)));
  }

  /**
   * Each call that was made has an entry of its own, and those without a recorded answer are few.
   */
  void whatWasInFlightIsInTheLedger() throws IOException {
    assertThat(
            select(
                """
                concat_ws(' ', run_id, epoch, string_agg(key, ' ')) as found from step
                where state in ('unknown', 'late') and key like '%/call'
                group by run_id, epoch, split_part(key, '/', 1) having count(*) > 1
                """))
        .as("more than one call in flight of a branch at one crash")
        .isEmpty();
    Map<String, Integer> entries = counted("ledger");
    made()
        .forEach((call, times) ->
            assertThat(times)
                .as("%s: entries in the ledger", call)
                .isLessThanOrEqualTo(entries.getOrDefault(call, 0)));
  }

  private Map<String, Integer> made() throws IOException {
    Map<String, Integer> made = new TreeMap<>();
    for (String line : Files.readAllLines(cluster.calls())) {
      made.merge(line, 1, Integer::sum);
    }
    return made;
  }

  private Map<String, Integer> counted(String from) {
    Map<String, Integer> counted = new HashMap<>();
    String key = from.startsWith("ledger") ? "step" : "key";
    for (String found : select("run_id || ' ' || %s as found from %s".formatted(key, from))) {
      String[] parts = found.split(" ", -1);
      counted.merge(line(cluster.scriptsOf(UUID.fromString(parts[0])), parts[1]), 1, Integer::sum);
    }
    return counted;
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

  void noZombieWrote() {
    assertThat(
            select(
                """
                old.key as found from step old join step newer on newer.run_id = old.run_id
                  and newer.epoch > old.epoch
                where old.state in ('done', 'failed') and old.finished_at > newer.started_at
                """))
        .as("results of an old lease after the first step of a newer one")
        .isEmpty();
    assertThat(
            select(
                """
                s.key as found from step s join run r on r.id = s.run_id
                where s.epoch > r.lease_epoch or s.state = 'started'
                """))
        .as("steps of nobody")
        .isEmpty();
  }

  void nothingIsLeft() throws Exception {
    assertThat(select("task_instance as found from scheduled_tasks")).isEmpty();
    assertThat(select("name as found from node where name like '%/%'"))
        .as("nodes that say that they live")
        .hasSizeLessThanOrEqualTo(cluster.killed());
    for (Path data : cluster.nodeData()) {
      // what a killed process left is deleted by the next one
      int _ = WorkDirectory.sweep(data);
      assertThat(TestCommandLine.namesIn(data.resolve("work"))).isEmpty();
      assertThat(ProcessHandle.allProcesses().filter(p -> worksIn(p.pid(), data))).isEmpty();
      for (String mirror : TestCommandLine.namesIn(data.resolve("mirrors"))) {
        if (mirror.endsWith(".git")) {
          String refs =
              git(data.resolve("mirrors").resolve(mirror), "for-each-ref", "--format=%(refname)");
          assertThat(refs.lines())
              .allMatch(ref -> ref.matches("refs/pinned/.*|refs/winnow/[0-9a-f-]{36}/c[12]"));
        }
      }
    }
  }

  private static boolean worksIn(long pid, Path data) {
    try {
      Path cwd = Files.readSymbolicLink(Path.of("/proc/%d/cwd".formatted(pid)));
      String command = Files.readString(Path.of("/proc/%d/cmdline".formatted(pid)));
      return cwd.startsWith(data) || command.contains(data + "/work/");
    } catch (IOException e) {
      return false; // it ended, or is not ours
    }
  }
}
