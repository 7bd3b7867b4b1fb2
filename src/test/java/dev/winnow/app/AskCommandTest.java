package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.provider.ProtocolServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code winnow ask} and {@code winnow agents check}, from the command line to the database. */
@Timeout(120)
class AskCommandTest {

  private static TestCommandLine winnow;
  private static Path scripts;

  @BeforeAll
  static void open() throws Exception {
    winnow = TestCommandLine.withSharedServer();
    scripts = winnow.newDirectory();
    script("bounded", "{\"answer\": [{\"say\": \"Use a bounded cache.\\n\\u001b[31mNow.\"}]}");
    script("nightly", "{\"answer\": [{\"say\": \"Restart it every night.\"}]}");
    script("silent", "{\"answer\": [{\"say\": \" \"}]}");
    script("dear", "{\"costMicros\": 5000000, \"answer\": [{\"say\": \"Buy memory.\"}]}");
    script("cheap", "{\"costMicros\": 500000, \"answer\": [{\"say\": \"Close it.\"}]}");
    script("fair", "{\"verdict\": {\"winner\": \"bounded\", \"rationale\": \"it ends the leak\"}}");
    script("biased", "{\"verdict\": {\"winner\": 1, \"rationale\": \"first is best\"}}");
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static void script(String name, String json) throws IOException {
    Files.writeString(scripts.resolve(name + ".json"), json);
  }

  private static String scripted(String... names) {
    return String.join(
        ",",
        List.of(names).stream()
            .map(name -> "scripted:" + scripts.resolve(name + ".json"))
            .toList());
  }

  @Test
  void theWinnersAnswerAloneIsOnStdoutAndTheReasonOnStderr() {
    TestCommandLine.Result result =
        winnow.run(
            "ask", "How?", "--agents", scripted("bounded", "nightly"), "--judge", scripted("fair"));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).isEqualTo("Use a bounded cache.\nNow.\n");
    assertThat(result.err()).contains("in both orders: it ends the leak");
    TestCommandLine.Result shown = winnow.run("runs", "show", "latest");
    assertThat(shown.out())
        .contains("Restart it every night.", "Model judge", "order", "both orders: c1");
    TestCommandLine.Result again = winnow.run("runs", "rejudge", "latest");
    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("it ends the leak").doesNotContain("rules have changed");
  }

  @Test
  void anUndecidedJudgeLeavesItToAPerson() {
    TestCommandLine.Result result =
        winnow.run(
            "ask",
            "How?",
            "--agents",
            scripted("bounded", "nightly"),
            "--judge",
            scripted("biased"),
            "--json");
    assertThat(result.exitCode()).isEqualTo(4);
    JsonNode last = result.last();
    assertThat(last.path("type").asText()).isEqualTo("result");
    assertThat(last.path("outcome").asText()).isEqualTo("abstained");
    assertThat(last.path("winner").isNull()).isTrue();
    assertThat(last.path("decision").path("rule").asText()).isEqualTo("judge-undecided");
    assertThat(last.path("candidates")).hasSize(2);
    assertThat(result.lines().stream().map(l -> l.path("type").asText()))
        .contains("judge-answered", "candidate-finished", "decided");
  }

  @Test
  void oneAgentNeedsNoJudgeAndSeveralDo() {
    assertThat(winnow.run("ask", "How?", "--agents", scripted("nightly")).out())
        .isEqualTo("Restart it every night.\n");
    TestCommandLine.Result refused =
        winnow.run("ask", "How?", "--agents", scripted("nightly", "bounded"));
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("Several agents need a judge").hasLineCount(1);
  }

  @Test
  void noAnswerIsNoWinner() {
    TestCommandLine.Result result = winnow.run("ask", "How?", "--agents", scripted("silent"));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).contains("the answer is empty");
  }

  @Test
  void whoIsTooDearForTheBudgetGivesNoAnswer() {
    TestCommandLine.Result result =
        winnow.run(
            "ask",
            "How?",
            "--agents",
            scripted("dear", "cheap"),
            "--judge",
            scripted("fair"),
            "--budget",
            "1",
            "--json");
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    JsonNode last = result.last();
    assertThat(last.path("winner").path("text").asText()).isEqualTo("Close it.");
    assertThat(last.path("cost").asDouble()).isEqualTo(0.5);
    assertThat(last.path("knownCost").asDouble()).isEqualTo(0.5);
    assertThat(last.path("candidates").path(0).path("vetoes").toString()).contains("budget");
  }

  @Test
  void withoutAnyAnswerTheBudgetIsTheReason() {
    TestCommandLine.Result result =
        winnow.run("ask", "How?", "--agents", scripted("dear"), "--budget", "1");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.out()).containsIgnoringCase("budget");
    TestCommandLine.Result more = winnow.run("runs", "resume", "latest", "--budget", "6");
    assertThat(more.exitCode()).as(more.out() + more.err()).isZero();
  }

  @Test
  void whatNobodyKnowsThePriceOfHasNoCost() throws IOException {
    String reply = "{\"content\": \"42\", \"usage\": {\"inputTokens\": 7, \"outputTokens\": 1}}";
    try (ProtocolServer server =
        new ProtocolServer(
            (_, r) -> r.whole(200, Map.of("content-type", "application/json"), reply))) {
      Path home = winnow.newDirectory();
      Path file = Files.createDirectories(home.resolve(".config/winnow")).resolve("winnow.yaml");
      String agent = "agents: {far: {kind: http, endpoint: '%s/', model: big}}\n";
      Files.writeString(file, agent.formatted(server.address()));
      Map<String, String> environment = Map.of("HOME", home.toString());
      TestCommandLine.Result result =
          winnow.run(environment, "ask", "How?", "--agents", "far", "--json");
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.last().path("cost").isNull()).isTrue();
      assertThat(result.last().path("knownCost").asDouble(-1)).isZero();
      assertThat(result.out()).contains("\"notice\"", "is unknown, so its cost is not counted");
      TestCommandLine.Result refused =
          winnow.run(environment, "ask", "How?", "--agents", "far", "--budget", "1");
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).contains("A budget in US dollars cannot be kept").hasLineCount(1);

      Files.writeString(file, "prices: {big: {input: 1, output: 1}}\n", StandardOpenOption.APPEND);
      JsonNode priced =
          winnow
              .run(environment, "ask", "How?", "--agents", "far", "--budget", "1", "--json")
              .last();
      assertThat(priced.path("cost").asDouble()).isEqualTo(0.000_008);
    }
  }

  @Test
  void anEmptyQuestionIsRefused() {
    assertThat(winnow.run("ask", " ", "--agents", scripted("nightly")).exitCode()).isEqualTo(2);
    assertThat(winnow.run("ask").exitCode()).isEqualTo(2);
  }

  @Test
  void agentsAreCheckedWithOneTinyPrompt() {
    TestCommandLine.Result good = winnow.run("agents", "check", scripted("nightly"), "--json");
    assertThat(good.exitCode()).as(good.err()).isZero();
    assertThat(good.last().path("works").asBoolean()).isTrue();
    TestCommandLine.Result mixed =
        winnow.run("agents", "check", scripted("nightly"), scripted("silent"));
    assertThat(mixed.exitCode()).isEqualTo(5);
    assertThat(mixed.out()).contains("the answer is empty").hasLineCount(2);
    assertThat(winnow.run("agents", "check", "nobody").exitCode()).isEqualTo(2);
    assertThat(winnow.run("agents", "check").exitCode()).isEqualTo(2);
  }
}
