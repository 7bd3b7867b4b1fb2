package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.provider.AnthropicProtocol;
import dev.winnow.agent.provider.OpenAiProtocol;
import dev.winnow.agent.provider.Protocol;
import dev.winnow.agent.provider.ProtocolServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Dual-subagent mode from the command line, with the variables of the predecessor's {@code .env}.
 */
@Timeout(120)
class DualAskTest {

  /** Answers questions with its words, and as a judge prefers the bounded cache. */
  private static ProtocolServer provider(Protocol protocol, String words) {
    return new ProtocolServer((request, reply) ->
        reply.stream(
            protocol.stream(
                new Protocol.Answer(
                    says(request.body(), words), List.of(), false, Protocol.Stop.USUAL))));
  }

  private static String says(JsonNode body, String words) {
    String text = body.toString();
    int first = text.indexOf("Candidate A:");
    if (first < 0) {
      return words;
    }
    int bounded = text.indexOf("a bounded cache", first);
    boolean isFirst = bounded < text.indexOf("Candidate B:", first);
    return """
    {"winner": "%s", "scores": [{"candidate": "A", "score": %d}, {"candidate": "B", "score": %d}],
     "evidence": ["a bounded cache"], "rationale": "it ends the leak"}\
    """
        .formatted(isFirst ? "A" : "B", isFirst ? 90 : 40, isFirst ? 40 : 90);
  }

  @Test
  void bothProvidersAnswerAndTheJudgeModelDecides() throws Exception {
    try (TestCommandLine winnow = TestCommandLine.withSharedServer();
        ProtocolServer openAi = provider(new OpenAiProtocol(), "Restart it every night.");
        ProtocolServer anthropic = provider(new AnthropicProtocol(), "Use a bounded cache.")) {
      Map<String, String> variables = new HashMap<>();
      variables.put("DUAL_SUBAGENT_ENABLED", "true");
      variables.put("OPENAI_API_KEY", "sk-openai-0123456789");
      variables.put("OPENAI_BASE_URL", openAi.address().resolve("/v1").toString());
      variables.put("OPENAI_MODEL", "openai-responses:gpt-5.2");
      variables.put("ANTHROPIC_BASE_URL", anthropic.address().toString());
      variables.put("ANTHROPIC_API_KEY", "sk-ant-0123456789");
      TestCommandLine.Result refused = winnow.run(variables, "ask", "How?");
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).contains("needs JUDGE_MODEL as well").doesNotContain("0123456789");

      variables.put("JUDGE_MODEL", "anthropic:claude-judge");
      TestCommandLine.Result result = winnow.run(variables, "ask", "How do I stop the leak?");
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.out()).isEqualTo("Use a bounded cache.\n");
      assertThat(result.err())
          .contains("The model judge JUDGE_MODEL named c2 (anthropic)")
          .containsOnlyOnce("The price of anthropic:claude-judge is unknown");
      assertThat(openAi.received()).hasSize(1);
      assertThat(anthropic.received()).hasSize(3);
      assertThat(anthropic.received())
          .extracting(received -> received.body().path("model").asText())
          .containsOnlyOnce("claude-opus-5-5")
          .contains("claude-judge");
      String judged = anthropic.received().getLast().body().toString();
      assertThat(judged).contains("json_schema", "Candidate B:").doesNotContain("openai");

      TestCommandLine.Result dear = winnow.run(variables, "ask", "How?", "--budget", "1");
      assertThat(dear.exitCode()).isEqualTo(2);
      assertThat(dear.err())
          .contains("the price of anthropic:claude-judge is unknown", "prices", "tokens")
          .hasLineCount(1);
      TestCommandLine.Result counted =
          winnow.run(variables, "ask", "How?", "--token-budget", "1000000", "--json");
      assertThat(counted.exitCode()).as(counted.err()).isZero();
      // by the name that the provider's own answers have
      assertThat(counted.last().path("cost").asDouble()).isPositive();

      TestCommandLine.Result shown = winnow.run(variables, "runs", "show", "latest", "--json");
      assertThat(shown.last().path("judgement").path("opinions")).hasSize(2);
      assertThat(shown.out()).doesNotContain("0123456789");

      TestCommandLine.Result checked = winnow.run(variables, "agents", "check", "--json");
      assertThat(checked.exitCode()).as(checked.out()).isZero();
      assertThat(checked.lines()).hasSize(2);
    }
  }
}
