package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static dev.winnow.app.SpanTree.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.provider.AnthropicProtocol;
import dev.winnow.agent.provider.OpenAiProtocol;
import dev.winnow.agent.provider.PlayScript;
import dev.winnow.agent.provider.Protocol;
import dev.winnow.agent.provider.ProtocolServer;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** OpenAI and Anthropic side by side, from the command line, on servers that play them. */
class ProvidersEndToEndTest {

  private static final String OPENAI_KEY = "sk-openai-0123456789";
  private static final String ANTHROPIC_KEY = "sk-ant-0123456789";

  private static ProtocolServer play(Protocol protocol, FixtureRepository fixture, String script) {
    return new ProtocolServer(
        new PlayScript(protocol, fixture.scripts().resolve(script + ".json")));
  }

  @Test
  void bothWorkTestFirstAndTheRightOneWins() throws Exception {
    try (TestCommandLine winnow = TestCommandLine.withSharedServer()) {
      FixtureRepository python = FixtureRepository.create("python-unittest", winnow.newDirectory());
      OpenAiProtocol openAi = new OpenAiProtocol();
      AnthropicProtocol anthropic = new AnthropicProtocol();
      try (OtlpReceiver otlp = OtlpReceiver.start();
          ProtocolServer one = play(openAi, python, "right");
          ProtocolServer two = play(anthropic, python, "wrong-regression")) {
        TestCommandLine.Result result =
            winnow.run(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    otlp.url(),
                    "OPENAI_API_KEY",
                    OPENAI_KEY,
                    "OPENAI_BASE_URL",
                    one.address().resolve("/v1").toString(),
                    "OPENAI_ORG",
                    "org-1",
                    "ANTHROPIC_API_KEY",
                    ANTHROPIC_KEY,
                    "ANTHROPIC_BASE_URL",
                    two.address().toString()),
                "run",
                "--json",
                "--repo",
                python.directory().toString(),
                "--task",
                python.task(),
                "--agents",
                "openai,anthropic");

        assertThat(result.exitCode()).as(result.err()).isZero();
        JsonNode last = result.last();
        assertThat(last.path("winner").path("agent").asText()).isEqualTo("openai");
        assertThat(git(python.directory(), "show", last.path("branch").asText() + ":roman.py"))
            .contains("def from_roman");
        for (int candidate = 0; candidate < 2; candidate++) {
          JsonNode usage = last.path("candidates").path(candidate).path("usage");
          assertThat(usage.path("outputTokens").asLong()).isPositive();
          assertThat(usage.path("cachedInputTokens").asLong()).isPositive();
          assertThat(usage.path("reasoningTokens").asLong()).isPositive();
        }
        assertKeepsItsConversation(openAi, one.received());
        assertKeepsItsConversation(anthropic, two.received());
        assertThat(one.received().getFirst().headers())
            .containsEntry("authorization", "Bearer " + OPENAI_KEY)
            .containsEntry("openai-organization", "org-1");
        assertThat(two.received().getFirst().headers()).containsEntry("x-api-key", ANTHROPIC_KEY);
        assertThat(result.out() + result.err()).doesNotContain(OPENAI_KEY, ANTHROPIC_KEY);
        assertCountsWhatTheProviderCounts("openai", one, otlp, last.path("candidates").path(0));
        assertCountsWhatTheProviderCounts("anthropic", two, otlp, last.path("candidates").path(1));
      }
    }
  }

  /** Spans and metrics against what the provider's server saw, and the run's result. */
  private static void assertCountsWhatTheProviderCounts(
      String provider, ProtocolServer server, OtlpReceiver otlp, JsonNode candidate) {
    int asked = server.received().size();
    List<Span> calls =
        otlp.spans().stream()
            .filter(span -> span.getName().startsWith("chat "))
            .filter(span -> attribute(span, "gen_ai.provider.name").equals(provider))
            .toList();
    assertThat(calls).hasSize(asked);
    assertThat(calls)
        .extracting(span -> attribute(span, "gen_ai.conversation.id"))
        .containsOnly(
            attribute(calls.getFirst(), "winnow.run.id")
                + "/"
                + candidate.path("candidate").asText());
    assertThat(calls)
        .allMatch(span -> !attribute(span, "gen_ai.response.model").isEmpty())
        .extracting(span -> attribute(span, "gen_ai.response.finish_reasons"))
        .contains("stop", "tool_call");
    Map<String, String> fields =
        Map.of(
            "gen_ai.usage.input_tokens", "inputTokens",
            "gen_ai.usage.output_tokens", "outputTokens",
            "gen_ai.usage.cache_read.input_tokens", "cachedInputTokens",
            "gen_ai.usage.reasoning.output_tokens", "reasoningTokens");
    fields.forEach((attribute, field) ->
        assertThat(calls.stream().mapToLong(c -> Long.parseLong(attribute(c, attribute))).sum())
            .as(attribute)
            .isEqualTo(candidate.path("usage").path(field).asLong())
            .isPositive());
    OtlpNumbers numbers = OtlpNumbers.of(otlp.metrics());
    assertThat(numbers.sum("winnow.model.calls", "provider", provider)).isEqualTo(asked);
    assertThat(numbers.sum("winnow.limiter.wait", "provider", provider)).isEqualTo(asked);
    assertThat(numbers.sum("winnow.model.retries", "provider", provider)).isZero();
    assertThat(numbers.sum("gen_ai.client.operation.duration", "gen_ai.provider.name", provider))
        .isEqualTo(asked);
  }

  /** The last request repeats all that was said, and every call in it has its result. */
  private static void assertKeepsItsConversation(
      Protocol protocol, List<ProtocolServer.Received> received) {
    JsonNode last = received.getLast().body();
    assertThat(protocol.place(last).prompt()).isGreaterThanOrEqualTo(2);
    List<JsonNode> said = protocol.sentBack(last);
    assertThat(said.toString()).containsAnyOf("gAAAAABo+/==", "EqoB+/==");
    long calls =
        said.stream()
            .filter(item -> item.path("type").asText().matches("function_call|tool_use"))
            .count();
    assertThat(protocol.results(last)).hasSize((int) calls);
  }
}
