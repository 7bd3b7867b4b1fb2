package dev.winnow.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Usage;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiModelTest extends ChatModelContract {

  @Override
  Protocol protocol() {
    return new OpenAiProtocol();
  }

  @Test
  void nothingIsStoredAndReasoningComesWithTheAnswer() {
    OpenAiProtocol openAi = new OpenAiProtocol();
    try (ProtocolServer server =
        new ProtocolServer(
            (_, reply) -> reply.stream(openAi.stream(Protocol.Answer.saying("ok"))))) {
      openAi
          .model(
              new SdkModels(PriceTable.packaged(), Map.of(), Map.of(), UpstreamProxy.NONE),
              server.address(),
              "sk-test")
          .reply(
              new ModelRequest("red", "rules", List.of(new Message.User("x")), List.of()),
              _ -> {},
              Cancellation.never());
      ProtocolServer.Received request = server.received().getFirst();
      assertThat(request.path()).isEqualTo("/v1/responses");
      assertThat(request.headers())
          .containsEntry("authorization", "Bearer sk-test")
          .containsEntry("openai-organization", "org-of-the-tests");
      JsonNode body = request.body();
      assertThat(body.path("stream").asBoolean()).isTrue();
      assertThat(body.path("store").asBoolean(true)).isFalse();
      assertThat(body.path("include").path(0).asText()).isEqualTo("reasoning.encrypted_content");
      assertThat(body.path("prompt_cache_key").asText()).startsWith("winnow-");
      assertThat(body.path("instructions").asText()).isEqualTo("rules");
    }
  }

  @Test
  @Timeout(30)
  void finishedItemsCountAsTheyArrive() {
    String item =
        "data: {\"type\": \"response.output_item.done\", \"output_index\": %d, \"item\": {\"type\": \"reasoning\", \"text\": \""
            + "x".repeat(1 << 20)
            + "\"}}\n\n";
    ProtocolServer server =
        serve((_, reply) -> {
          reply.begin();
          for (int i = 0; i < 6; i++) {
            reply.send(item.formatted(i));
          }
          reply.hang();
        });
    assertTold(failure(server, PATIENT), "larger than 4,194,304 characters");
  }

  @Test
  void countsThatCannotBeAreNone() {
    String usage = "\"usage\": {\"input_tokens\": 9223372036854775807, \"output_tokens\": -5}";
    ProtocolServer server =
        serve((_, reply) ->
            reply.stream(
                "data: {\"type\": \"response.completed\", \"response\": {\"model\": \"gpt-5.1-codex\", %s}}\n\n"
                    .formatted(usage)));
    assertThat(ask(server).usage()).isEqualTo(Usage.NONE);
    assertThat(ask(server).costMicros()).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai:gpt-5", "gpt-5", "", "openai-responses:", "openai-responses: x"})
  void aNameInAnotherFormIsRefusedWithTheRightOne(String name) {
    assertThatThrownBy(() -> SdkModels.openAiName(name))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("openai-responses:");
    assertThatCode(() -> SdkModels.openAiName("openai-responses:gpt-5")).doesNotThrowAnyException();
  }
}
