package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Budgets, forks and people's answers, through the whole program with scripts that cost money. */
@Timeout(240)
@Order(2) // not among the last, where it would be alone
class PaidRunTest {

  private static TestCommandLine winnow;
  private static FixtureRepository python;
  private static String right;
  private static String lazy;

  @BeforeAll
  static void create() throws Exception {
    winnow = TestCommandLine.withSharedServer();
    python = FixtureRepository.create("python-unittest", winnow.newDirectory());
    right = priced("right", false);
    lazy = priced("lazy", true);
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  /** The right script at a dollar a turn; a lazy one writes its tests and never implements. */
  private static String priced(String name, boolean withoutGreen) throws IOException {
    ObjectNode script =
        (ObjectNode)
            Json.mapper().readTree(Files.readString(python.scripts().resolve("right.json")));
    script.put("costMicros", 1_000_000);
    script.putObject("usage").put("inputTokens", 100).put("outputTokens", 10);
    if (withoutGreen) {
      script.putArray("green").addObject().put("say", "I am done");
    }
    Path file = winnow.newDirectory().resolve(name + ".json");
    Files.writeString(file, Json.write(script));
    return "scripted:" + file;
  }

  private static TestCommandLine.Result run(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("run", "--json", "--repo", python.directory().toString(), "--task"));
    args.add(python.task());
    args.addAll(List.of(more));
    return winnow.run(args.toArray(String[]::new));
  }

  private static String id(TestCommandLine.Result result) {
    return result.last().path("run").asText();
  }

  private static List<JsonNode> ledger(String run) {
    TestCommandLine.Result result = winnow.run("runs", "ledger", run, "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.lines();
  }

  private static List<String> labels(String run) {
    return winnow.run("runs", "checkpoints", run, "--json").lines().stream()
        .map(line -> line.path("label").asText())
        .toList();
  }

  private static void assertRefused(TestCommandLine.Result result, String message) {
    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).contains(message);
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void aRunEndsAtItsBudgetAndGoesOnWithALargerOne() {
    TestCommandLine.Result result = run("--agents", right, "--budget", "2");
    assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
    assertThat(result.last().path("outcome").asText()).isEqualTo("budget");
    assertThat(result.last().path("reason").asText())
        .startsWith("The budget of the run is used up: $2.0000 of $2.0000");
    assertThat(result.last().path("cost").asDouble()).isEqualTo(2.0);
    assertThat(ledger(id(result))).hasSize(3);

    TestCommandLine.Result more =
        winnow.run("runs", "resume", id(result), "--budget", "10", "--json");
    assertThat(more.exitCode()).as(more.err()).isZero();
    List<JsonNode> entries = ledger(id(result));
    JsonNode sum = entries.getLast();
    assertThat(entries.subList(0, entries.size() - 1))
        .allMatch(e -> e.path("state").asText().equals("settled"))
        .extracting(e -> e.path("step").asText())
        .doesNotHaveDuplicates();
    assertThat(sum.path("spent").path("costMicros").asLong())
        .isEqualTo(1_000_000L * (entries.size() - 1));
    assertThat(sum.path("unknown").asInt()).isZero();
    assertThat(more.last().path("cost").asDouble()).isEqualTo(entries.size() - 1);
  }

  /** The states of all entries of the ledger. */
  private static List<String> states(String run) {
    return winnow
        .database()
        .query("select state from ledger where run_id::text = ?", row -> row.text("state"), run);
  }

  @Test
  void aKilledProcessLeavesOneUnknownEntryForEachCallInFlight() throws Exception {
    Path slow = winnow.newDirectory().resolve("slow.json");
    ObjectNode script =
        (ObjectNode)
            Json.mapper()
                .readTree(Files.readString(Path.of(right.substring("scripted:".length()))));
    script.put("latencyMs", 300);
    Files.writeString(slow, Json.write(script));
    String run;
    try (ChildWinnow child =
        ChildWinnow.start(
            winnow,
            "run",
            "--json",
            "--repo",
            python.directory().toString(),
            "--task",
            python.task(),
            "--agents",
            "scripted:%s,scripted:%s".formatted(slow, slow))) {
      run = child.awaitPhase("candidates").path("run").asText();
      while (!killedWithCallsInFlight(run, child)) {
        ChaosPoint.pause(winnow.database());
      }
    }
    int inFlight = Collections.frequency(states(run), "reserved");
    assertThat(inFlight).as("one call of each candidate").isEqualTo(2);
    TestCommandLine.Result resumed = winnow.run("runs", "resume", run, "--json");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();

    List<JsonNode> lines = ledger(run);
    List<JsonNode> entries = lines.subList(0, lines.size() - 1);
    List<String> unknown = steps(entries, "unknown");
    List<String> settled = steps(entries, "settled");
    assertThat(unknown).hasSize(inFlight).doesNotHaveDuplicates();
    assertThat(settled).as("paid once, and again what was in flight").containsAll(unknown);
    assertThat(settled).doesNotHaveDuplicates();
    assertThat(entries).hasSize(unknown.size() + settled.size());
    JsonNode sum = lines.getLast();
    assertThat(sum.path("unknown").asInt()).isEqualTo(inFlight);
    assertThat(sum.path("unknownMicros").asLong())
        .isEqualTo(
            entries.stream()
                .filter(e -> e.path("state").asText().equals("unknown"))
                .mapToLong(e -> e.path("reservedMicros").asLong())
                .sum());
    assertThat(sum.path("spent").path("costMicros").asLong())
        .isEqualTo(1_000_000L * settled.size());
    assertThat(sum.path("spent").path("inputTokens").asLong()).isEqualTo(100L * settled.size());
    assertThat(resumed.last().path("cost").asDouble()).isEqualTo(settled.size());
    assertThat(labels(run)).contains("c1/red/turn-1", "c2/green/turn-1");
  }

  private static boolean killedWithCallsInFlight(String run, ChildWinnow child) {
    List<String> seen = states(run);
    if (Collections.frequency(seen, "reserved") < 2 || !seen.contains("settled")) {
      return false;
    }
    return winnow
        .database()
        .inTransaction(transaction -> {
          transaction.update("set local idle_in_transaction_session_timeout = 0");
          transaction.update("lock table ledger in exclusive mode"); // nothing is settled meanwhile
          if (Collections.frequency(states(run), "reserved") < 2) {
            return false;
          }
          try {
            child.kill();
            return true;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
          }
        });
  }

  private static List<String> steps(List<JsonNode> entries, String state) {
    return entries.stream()
        .filter(e -> e.path("state").asText().equals(state))
        .map(e -> e.path("step").asText())
        .toList();
  }

  @Test
  void theBestThatPassedIsDeliveredAlthoughAnotherOneRanOutOfMoney() {
    TestCommandLine.Result result =
        run("--agents", python.agent("right") + "," + right, "--budget", "1");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.last().path("winner").path("candidate").asText()).isEqualTo("c1");
    assertThat(ledger(id(result)).getLast().path("spent").path("costMicros").asLong())
        .isEqualTo(1_000_000);
  }

  @Test
  void aForkGoesOnWithAnotherAgentAndPaysNothingTwice() {
    TestCommandLine.Result parent = run("--agents", lazy);
    assertThat(parent.exitCode()).as(parent.err()).isEqualTo(1);
    String id = id(parent);
    assertThat(labels(id))
        .startsWith("prepared")
        .contains("c1/tests", "candidates", "evidence")
        .endsWith("decided");
    int paidBefore = ledger(id).size() - 1;
    assertRefused(winnow.run("runs", "reject", id), "does not wait for a person");

    assertRefused(winnow.run("runs", "fork", id, "--at", "99"), "has no checkpoint '99'");
    assertRefused(winnow.run("runs", "fork", "abcdef", "--at", "1"), "No run 'abcdef'");
    assertRefused(
        winnow.run("runs", "fork", id, "--at", "1", "--agents", "nobody"), "Unknown agent");

    TestCommandLine.Result fork =
        winnow.run(
            "runs",
            "fork",
            id,
            "--at",
            "c1/tests",
            "--agents",
            right,
            "--reason",
            "it was lazy",
            "--json");
    assertThat(fork.exitCode()).as(fork.err()).isZero();
    assertThat(fork.last().path("winner").path("candidate").asText()).isEqualTo("c1");
    List<JsonNode> entries = ledger(id(fork));
    List<JsonNode> inherited = entries.stream().filter(e -> e.path("origin").isTextual()).toList();
    assertThat(inherited).isNotEmpty().hasSizeLessThan(paidBefore);
    assertThat(inherited)
        .allMatch(e ->
            e.path("origin").asText().equals(id) && e.path("step").asText().startsWith("c1/red"));
    assertThat(entries.subList(inherited.size(), entries.size() - 1))
        .isNotEmpty()
        .allMatch(e -> !e.path("step").asText().startsWith("c1/red"));
    assertThat(labels(id(fork))).doesNotHaveDuplicates().contains("prepared", "c1/tests");
    assertThat(winnow.run("runs", "show", id(fork)).out())
        .contains("Fork of run " + id)
        .contains("it was lazy");
    assertThat(winnow.run("runs", "list", "--json").out()).contains("\"parent\":\"" + id + "\"");

    // a fork whose budget is used up by what it inherited makes no call
    TestCommandLine.Result poor =
        winnow.run(
            "runs", "fork", id, "--at", "c1/tests", "--agents", right, "--budget", "1", "--json");
    assertThat(poor.exitCode()).as(poor.err()).isEqualTo(3);
    assertThat(ledger(id(poor)).subList(0, ledger(id(poor)).size() - 1))
        .allMatch(e -> e.path("origin").isTextual());
  }

  @Test
  void aPersonApprovesOnceAndWhoeverComesSecondIsToldSo() throws IOException {
    TestCommandLine.Result result = run("--agents", right, "--approve");
    assertThat(result.exitCode()).as(result.err()).isEqualTo(4);
    String id = id(result);
    assertThat(result.last().path("branch").isNull()).isTrue();
    assertThat(result.last().path("waiting").path("kind").asText()).isEqualTo("approval");
    assertThat(winnow.run("runs", "show", id).out()).contains("winnow runs approve " + id);
    assertRefused(winnow.run("runs", "approve", id, "c9"), "is no candidate");

    TestCommandLine.Result approved = winnow.run("runs", "approve", id, "--json");
    assertThat(approved.exitCode()).as(approved.err()).isZero();
    String branch = approved.last().path("branch").asText();
    assertThat(branch).startsWith("winnow/");
    assertThat(Files.exists(python.directory().resolve(".git/refs/heads/" + branch))).isTrue();
    assertThat(winnow.run("runs", "show", id).out()).contains(branch);

    assertRefused(winnow.run("runs", "approve", id), "was approved already by");
    assertRefused(winnow.run("runs", "reject", id), "was approved already by");
    try (var heads = Files.walk(python.directory().resolve(".git/refs/heads/winnow"))) {
      assertThat(heads.filter(p -> p.toString().endsWith(id.substring(id.length() - 8))))
          .hasSize(1);
    }
    JsonNode last = winnow.run("runs", "watch", id, "--json").last();
    assertThat(last.path("outcome").asText()).isEqualTo("accepted");
    assertThat(last.path("branch").asText()).isEqualTo(branch);
  }

  @Test
  void aRejectedRunDeliversNothing() {
    TestCommandLine.Result result = run("--agents", right, "--approve");
    String id = id(result);
    TestCommandLine.Result rejected = winnow.run("runs", "reject", id, "--reason", "not now");
    assertThat(rejected.exitCode()).as(rejected.err()).isZero();
    assertRefused(winnow.run("runs", "approve", id), "was rejected already by");
    assertRefused(winnow.run("runs", "deliver", id), "no accepted change");
    assertThat(winnow.run("runs", "show", id).out()).doesNotContain("runs approve");
    assertRefused(winnow.run("runs", "approve", "0123456789"), "No run");
  }

  @Test
  void housekeepingKeepsWhatIsYoungAndTakesWhatIsOld() throws IOException {
    TestCommandLine.Result result = run("--agents", right);
    String id = id(result);
    TestCommandLine.Result nothing = winnow.run("gc", "--json");
    assertThat(nothing.exitCode()).as(nothing.err()).isZero();
    assertThat(nothing.last().path("runs")).isEmpty();
    assertThat(labels(id)).isNotEmpty();
    assertThat(winnow.run("runs", "diff", id).exitCode()).isZero();

    Path operator =
        Files.createDirectories(winnow.data().resolveSibling(".config").resolve("winnow"))
            .resolve("winnow.yaml");
    Files.writeString(operator, "retention: {journals: 1s, events: 1s, journal-size: 1MiB}\n");
    try {
      TestCommandLine.Result waiting = run("--agents", right, "--approve");
      JsonNode would = winnow.run("gc", "--dry-run", "--json").last();
      assertThat(would.path("runs").toString()).contains(id).doesNotContain(id(waiting));
      assertThat(would.path("refs").asInt()).isPositive();
      assertThat(labels(id)).isNotEmpty();

      JsonNode did = winnow.run("gc", "--json").last();
      assertThat(did.path("runs")).isEqualTo(would.path("runs"));
      assertThat(labels(id)).isEmpty();
      assertRefused(winnow.run("runs", "fork", id, "--at", "1"), "has no checkpoints");
      assertThat(ledger(id)).hasSizeGreaterThan(1);
      assertThat(winnow.run("runs", "show", id).exitCode()).isZero();
      assertThat(winnow.run("gc", "--json").last().path("runs")).isEmpty();

      // what waited is whole
      assertThat(winnow.run("runs", "approve", id(waiting)).exitCode()).isZero();
    } finally {
      Files.delete(operator);
    }
  }
}
