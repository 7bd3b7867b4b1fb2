package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two changes that no test tells apart, and a model judge that is asked about them. */
@Timeout(120)
class TieRunTest {

  private static TestCommandLine winnow;
  private static FixtureRepository python;
  private static String longer;

  @BeforeAll
  static void create() throws Exception {
    winnow = TestCommandLine.withSharedServer();
    python = FixtureRepository.create("python-unittest", winnow.newDirectory());
    String right = Files.readString(python.scripts().resolve("right.json"));
    String explained =
        right.replace("stands for.\\\"", "stands for.\\n\\n    At length.\\n    \\\"");
    assertThat(explained).isNotEqualTo(right);
    longer = script(explained);
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static String script(String json) throws IOException {
    return "scripted:" + Files.writeString(winnow.newDirectory().resolve("agent.json"), json);
  }

  /** A judge whose every answer costs a dollar. */
  private static String judge(String verdict) throws IOException {
    return script(
        "{\"costMicros\": 1000000, \"usage\": {\"inputTokens\": 100, \"outputTokens\": 10}, \"verdict\": %s}"
            .formatted(verdict));
  }

  private static JsonNode run(String judge) {
    TestCommandLine.Result result =
        winnow.run(
            "run",
            "--json",
            "--repo",
            python.directory().toString(),
            "--task",
            python.task(),
            "--agents",
            longer + "," + python.agent("right"),
            "--judge",
            judge);
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    List<JsonNode> ledger = winnow.run("runs", "ledger", "latest", "--json").lines();
    long verdicts =
        ledger.stream().filter(l -> l.path("candidate").asText().startsWith("judge-")).count();
    assertThat(result.last().path("cost").asDouble()).isEqualTo((double) verdicts);
    // each candidate has four turns of 1,200 tokens
    assertThat(result.last().path("tokens").asLong()).isEqualTo(8 * 1200 + 110 * verdicts);
    assertThat(result.last().path("judge").path("inputTokens").asLong()).isEqualTo(100 * verdicts);
    return result.last();
  }

  private static void assertTheSmallestWasTaken(JsonNode result, String why) {
    assertThat(result.path("winner").path("candidate").asText()).isEqualTo("c2");
    assertThat(result.path("decision").path("rule").asText()).isEqualTo("tie-smaller-diff");
    assertThat(result.path("reason").asText()).contains("is undecided: " + why, "smallest");
    assertThat(winnow.run("runs", "show", "latest").out()).contains("undecided");
  }

  @Test
  void aJudgeThatNamesTheSameInBothOrdersBreaksTheTie() throws IOException {
    JsonNode result = run(judge("{\"winner\": \"At length.\", \"rationale\": \"it explains\"}"));
    assertThat(result.path("winner").path("candidate").asText()).isEqualTo("c1");
    assertThat(result.path("decision").path("rule").asText()).isEqualTo("model-judge");
    assertThat(result.path("reason").asText()).contains("A tie in the evidence", "it explains");
    assertThat(result.path("cost").asDouble()).isEqualTo(2.0);
    assertThat(git(python.directory(), "show", result.path("branch").asText() + ":roman.py"))
        .contains("At length.");
    TestCommandLine.Result again = winnow.run("runs", "rejudge", "latest");
    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("it explains").doesNotContain("rules have changed");
  }

  @Test
  void aJudgeThatContradictsItselfDecidesNothing() throws IOException {
    JsonNode result = run(judge("{\"winner\": 1, \"rationale\": \"first is best\"}"));
    assertTheSmallestWasTaken(result, "it contradicts itself");
    assertThat(result.path("cost").asDouble()).isEqualTo(2.0);
  }

  @Test
  void aJudgeThatCannotBeUnderstoodIsAskedOnceMoreAndThenDecidesNothing() throws IOException {
    JsonNode result = run(judge("\"I like the first one.\""));
    assertTheSmallestWasTaken(result, "its verdict could not be used");
    assertThat(result.path("cost").asDouble()).isEqualTo(4.0);
  }
}
