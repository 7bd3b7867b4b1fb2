package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.http.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * All that the release before can leave, in the form in which it left it (the script beside the
 * file made it): brought up to date by the migrations since, read, and worked on.
 */
@Timeout(180)
class ReleaseBeforeTest {

  private static final Path LEFT =
      Path.of("src/test/resources/releases/schema-11.winnow").toAbsolutePath();

  private static final List<String> OVER =
      List.of("accepted", "none", "budget", "cancelled", "failed");

  private static TestCommandLine winnow;

  @BeforeAll
  static void bringUpToDate() throws Exception {
    winnow = TestCommandLine.withSharedServer();
    TestCommandLine.Result imported = winnow.run("db", "import", "--json", LEFT.toString());
    assertThat(imported.exitCode()).as(imported.err()).isZero();
    assertThat(imported.last().path("schema").asInt()).isEqualTo(11);
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static List<JsonNode> list() {
    return winnow.run("runs", "list", "--json").lines();
  }

  private static List<String> calls(String run) {
    return winnow
        .database()
        .query(
            "select key || ' ' || attempt || ' ' || md5(result::text) as call from step"
                + " where run_id::text = ? and state = 'done' and key like '%/call'",
            row -> row.text("call"), run);
  }

  private static TestCommandLine.Result succeeds(String... command) {
    TestCommandLine.Result result = winnow.run(command);
    assertThat(result.exitCode()).as("%s: %s", List.of(command), result.err()).isZero();
    return result;
  }

  @Test
  void everyRunIsReadAsItWas() {
    Set<String> outcomes = new HashSet<>();
    for (JsonNode run : list()) {
      String id = run.path("run").asText();
      String outcome = run.path("outcome").asText();
      boolean isNew = outcomes.add(outcome);
      assertThat(succeeds("runs", "show", id).out()).as(outcome).isNotBlank();
      if (isNew) {
        succeeds("runs", "ledger", id);
        succeeds("runs", "checkpoints", id);
      }
      if (isNew && OVER.contains(outcome)) {
        List<JsonNode> log = winnow.run("runs", "watch", "--json", id).lines();
        assertThat(log.toString()).doesNotContain("An event of a newer Winnow");
        assertThat(log.getLast().path("outcome").asText()).isEqualTo(outcome);
      }
      if (isNew && run.hasNonNull("winner")) {
        // with the rules of today, which may say more or less of the same
        TestCommandLine.Result decided = winnow.run("runs", "rejudge", id);
        assertThat(decided.exitCode()).as(decided.err()).isIn(0, 1, 4);
      }
    }
    assertThat(outcomes)
        .contains(
            "accepted",
            "none",
            "budget",
            "failed",
            "cancelled",
            "abstained",
            "queued",
            "interrupted");
  }

  @Test
  void anInterruptedRunGoesOnAndRepeatsNoRecordedCall() {
    String run =
        list().stream()
            .filter(one -> one.path("outcome").asText().equals("interrupted"))
            .map(one -> one.path("run").asText())
            .filter(one -> !calls(one).isEmpty())
            .findFirst()
            .orElseThrow();
    List<String> recorded = calls(run);
    TestCommandLine.Result resumed = succeeds("runs", "resume", run, "--json");
    assertThat(resumed.last().path("outcome").asText()).isEqualTo("accepted");
    assertThat(calls(run)).containsAll(recorded);
    assertThat(winnow.recordedTwice(run)).isEmpty();
  }

  @Test
  void aRunIsForkedFromItsCheckpoints() {
    String parent =
        winnow
            .database()
            .queryOne(
                "select parent::text as id from run where parent is not null", r -> r.text("id"))
            .orElseThrow();
    TestCommandLine.Result fork =
        succeeds("runs", "fork", parent, "--at", "candidates", "--reason", "again", "--json");
    assertThat(fork.last().path("winner").path("candidate").asText()).isEqualTo("c1");
    assertThat(fork.last().path("cost").asDouble()).isPositive();
  }

  @Test
  void whatWaitsIsApproved() {
    String waiting =
        winnow
            .database()
            .queryOne(
                "select id::text as id from run where waits_for is not null and answer is null",
                row -> row.text("id"))
            .orElseThrow();
    assertThat(succeeds("runs", "show", waiting).out()).contains("runs approve");
    succeeds("runs", "approve", waiting);
    assertThat(winnow.run("runs", "watch", "--json", waiting).last().path("outcome").asText())
        .isEqualTo("accepted");
  }

  @Test
  void anInterviewGoesOn() throws IOException {
    String spec =
        succeeds("specs", "list", "--json").lines().stream()
            .filter(line -> line.toString().contains("Wave goodbye"))
            .findFirst()
            .orElseThrow()
            .path("id")
            .asText();
    Path answers =
        Files.writeString(
            winnow.newDirectory().resolve("answers.yaml"),
            "{q2: Without a name it is printed as well.}");
    succeeds("plan", spec, "--answers", answers.toString());
  }

  @Test
  void peopleTokensAndConversationsAreThere() throws Exception {
    assertThat(succeeds("users").out()).contains("ada", "bob");
    assertThat(succeeds("tokens", "list").out()).contains("release");
    try (TestServer server = TestServer.with(winnow, Map.of())) {
      String bearer = server.bearer("reader", Role.ADMIN);
      JsonNode conversations = TestServer.json(server.get(bearer, "/api/v1/conversations"));
      assertThat(conversations.path("items")).hasSize(1);
    }
  }
}
