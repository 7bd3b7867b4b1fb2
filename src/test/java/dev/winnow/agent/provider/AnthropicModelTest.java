package dev.winnow.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.PriceTable;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicModelTest extends ChatModelContract {

  @Override
  Protocol protocol() {
    return new AnthropicProtocol();
  }

  @Test
  void theRulesAndTheNewestMessagesAreMarkedForTheCache() {
    AnthropicProtocol anthropic = new AnthropicProtocol();
    try (ProtocolServer server =
        new ProtocolServer(
            (_, reply) -> reply.stream(anthropic.stream(Protocol.Answer.saying("ok"))))) {
      ModelReply reply =
          anthropic
              .model(
                  new SdkModels(PriceTable.packaged(), Map.of(), Map.of(), UpstreamProxy.NONE),
                  server.address(),
                  "sk-test")
              .reply(
                  new ModelRequest(
                      "red",
                      "rules",
                      List.of(
                          new Message.User("one"),
                          new Message.Assistant("two", List.of(), List.of()),
                          new Message.User("three"),
                          new Message.Assistant("four", List.of(), List.of()),
                          new Message.ToolReturn("c1", "five", true),
                          new Message.User("six")),
                      List.of()),
                  _ -> {},
                  Cancellation.never());
      ProtocolServer.Received request = server.received().getFirst();
      assertThat(request.path()).isEqualTo("/v1/messages");
      assertThat(request.headers())
          .containsEntry("x-api-key", "sk-test")
          .containsEntry("anthropic-version", "2023-06-01")
          .doesNotContainKey("authorization");
      JsonNode body = request.body();
      assertThat(body.at("/system/0/cache_control/type").asText()).isEqualTo("ephemeral");
      assertThat(body.path("messages")).hasSize(5);
      assertThat(body.at("/messages/0/content/0").has("cache_control")).isFalse();
      assertThat(body.at("/messages/2/content/0").has("cache_control")).isTrue();
      assertThat(body.at("/messages/4/content/0").has("cache_control")).isFalse();
      assertThat(body.at("/messages/4/content/1").has("cache_control")).isTrue();
      // what the cache read and wrote is shown, as parts of the input
      assertThat(reply.usage().inputTokens()).isEqualTo(1230);
      assertThat(reply.usage().cachedInputTokens()).isEqualTo(200);
      assertThat(reply.usage().cacheWriteTokens()).isEqualTo(30);
    }
  }

  /** The API writes them and refuses to have them back. */
  @Test
  void blankTextBeforeACallDoesNotGoBack() {
    Protocol.Answer answer =
        new Protocol.Answer(
            "\n\n",
            List.of(new Protocol.Call("call_1", "fs_read_file", "{\"path\": \"a\"}")),
            true,
            Protocol.Stop.USUAL);
    ProtocolServer server =
        first((_, reply) -> reply.stream(protocol().stream(answer)), saying("done"));
    ModelReply reply = ask(server);
    ask(
        server,
        request(
            new Message.User("the task"),
            reply.message(),
            new Message.ToolReturn("call_1", "text", true)));
    assertThat(protocol().sentBack(server.received().get(1).body()))
        .extracting(block -> block.path("type").asText())
        .containsExactly("thinking", "redacted_thinking", "tool_use");
  }

  @Test
  void countsThatCannotBeAreNone() {
    String stream =
        protocol().stream(Protocol.Answer.saying("ok"))
            .replaceAll("\"(input|output)_tokens\": \\d+", "\"$1_tokens\": -9000000000")
            .replaceAll("_input_tokens\": \\d+", "_input_tokens\": 1e300");
    ModelReply reply = ask(serve((_, r) -> r.stream(stream)));
    assertThat(reply.usage().inputTokens()).isZero();
    assertThat(reply.usage().outputTokens()).isZero();
    assertThat(reply.costMicros()).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"anthropic:claude-opus-5-5", "claude-opus-5-5"})
  void bothFormsOfANameAreTheSameModel(String name) {
    assertThat(SdkModels.anthropicName(name)).isEqualTo("anthropic:claude-opus-5-5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "anthropic:", "openai-responses:gpt-5", "a b"})
  void aNameInAnotherFormIsRefused(String name) {
    assertThatThrownBy(() -> SdkModels.anthropicName(name))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("anthropic:<model>");
  }
}
