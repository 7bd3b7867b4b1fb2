package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.cli.PlayWords;
import dev.winnow.agent.cli.RealPrograms;
import dev.winnow.agent.provider.ProtocolServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real Codex and Claude Code are asked questions, and one of them judges. */
@Timeout(120)
class RealProgramsAskTest {

  private static TestCommandLine winnow;

  @BeforeAll
  static void create() throws Exception {
    assumeThat(RealPrograms.installed()).as("programs that .ci/run installs").isTrue();
    winnow = TestCommandLine.withSharedServer();
  }

  @AfterAll
  static void close() throws IOException {
    if (winnow != null) {
      winnow.close();
    }
  }

  /** As a judge it prefers the bounded cache, which is Claude's answer. */
  private static String says(boolean openai, String request) {
    int first = request.lastIndexOf("Candidate A:");
    if (first < 0) {
      return openai ? "Restart it every night." : "Use a bounded cache.";
    }
    boolean isFirst =
        request.indexOf("a bounded cache", first) < request.indexOf("Candidate B:", first);
    return """
    {"winner": "%s", "scores": [{"candidate": "A", "score": %d}, {"candidate": "B", "score": %d}],
     "evidence": ["a bounded cache"], "rationale": "it ends the leak"}\
    """
        .formatted(isFirst ? "A" : "B", isFirst ? 90 : 40, isFirst ? 40 : 90);
  }

  @Test
  void bothAnswerAndClaudeJudgesInBothOrders() throws IOException {
    try (ProtocolServer server = new ProtocolServer(new PlayWords(RealProgramsAskTest::says))) {
      Map<String, String> environment = RealProgramsRunTest.environment(server);
      TestCommandLine.Result result =
          winnow.run(
              environment,
              "ask",
              "How do I stop the leak?",
              "--agents",
              "codex,claude",
              "--judge",
              "claude",
              "--json");
      assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
      JsonNode last = result.last();
      assertThat(last.path("winner").path("agent").asText()).isEqualTo("claude");
      assertThat(last.path("winner").path("text").asText()).isEqualTo("Use a bounded cache.");
      assertThat(last.path("decision").path("rule").asText()).isEqualTo("model-judge");
      // nobody said what codex' model costs
      assertThat(last.path("cost").isNull()).isTrue();
      assertThat(last.path("knownCost").asDouble()).isPositive();
      assertThat(last.path("judge").path("outputTokens").asLong()).isPositive();
      assertThat(result.out()).doesNotContain("sk-open", "sk-anthropic");
      TestCommandLine.Result ledger = winnow.run("runs", "ledger", "latest");
      assertThat(ledger.out()).contains("c1/answer/program", "judge-2/verdict/program");
    }
    assertThat(winnow.leftInWorkDirectory()).isEmpty();
  }

  @Test
  void bothAreCheckedWithOneTinyPrompt() throws IOException {
    try (ProtocolServer server = new ProtocolServer(new PlayWords((_, _) -> "ready"))) {
      TestCommandLine.Result checked =
          winnow.run(RealProgramsRunTest.environment(server), "agents", "check", "codex", "claude");
      assertThat(checked.exitCode()).as(checked.out() + checked.err()).isZero();
      assertThat(checked.out()).hasLineCount(2).contains("codex", "claude", "ready");
    }
    assertThat(winnow.leftInWorkDirectory()).isEmpty();
  }
}
