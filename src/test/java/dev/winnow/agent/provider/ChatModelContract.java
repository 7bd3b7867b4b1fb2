package dev.winnow.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelReply.StopReason;
import dev.winnow.agent.OutputFormat;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.ToolCall;
import dev.winnow.agent.provider.Protocol.Answer;
import dev.winnow.agent.provider.Protocol.Call;
import dev.winnow.agent.provider.Protocol.Stop;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every provider's model does, whatever its protocol, against a server that plays it. */
abstract class ChatModelContract extends ModelFaultsContract {

  @Test
  void anAnswerIsItsTextWithUsageAndCost() {
    ModelReply reply = ask(serve(saying("Hello, wörld 😀.")));
    assertThat(reply.message().text()).isEqualTo("Hello, wörld 😀.");
    assertThat(reply.stop()).isEqualTo(StopReason.END);
    assertThat(reply.usage().outputTokens()).isEqualTo(50);
    assertThat(reply.usage().cachedInputTokens()).isEqualTo(200);
    assertThat(reply.usage().reasoningTokens()).isEqualTo(10);
    assertThat(reply.model()).isNotEmpty();
    assertThat(reply.costMicros())
        .isEqualTo(PriceTable.packaged().costMicros(reply.model(), reply.usage()))
        .isNotEmpty();
  }

  @Test
  void textStreamsInPiecesThatMakeTheWhole() {
    ModelReply reply = ask(serve(saying("Said in several pieces.")));
    StringBuilder text = new StringBuilder();
    for (ModelDelta delta : deltas) {
      text.append(((ModelDelta.Text) delta).text());
    }
    assertThat(text.toString()).isEqualTo(reply.message().text());
    assertThat(deltas).hasSizeGreaterThan(3);
  }

  @Test
  void parallelCallsComeInOrderWithTheirArguments() {
    Answer answer =
        new Answer(
            "Reading.",
            List.of(
                new Call("call_1", "fs_read_file", "{\"path\": \"a b.txt\", \"from\": 3}"),
                new Call("call_2", "fs_read_file", "{\"path\": \"ü.txt\"}"),
                new Call("call_3", "no_such_tool", "")),
            false,
            Stop.USUAL);
    ModelReply reply = ask(serve((_, r) -> r.stream(protocol().stream(answer))));
    assertThat(reply.stop()).isEqualTo(StopReason.TOOL_CALLS);
    assertThat(reply.message().calls())
        .containsExactly(
            new ToolCall("call_1", "fs_read_file", json("{\"path\": \"a b.txt\", \"from\": 3}")),
            new ToolCall("call_2", "fs_read_file", json("{\"path\": \"ü.txt\"}")),
            new ToolCall("call_3", "no_such_tool", json("{}")));
    StringBuilder second = new StringBuilder();
    for (ModelDelta delta : deltas) {
      if (delta instanceof ModelDelta.ToolCallPart part && part.callId().equals("call_2")) {
        second.append(part.json());
      }
    }
    assertThat(second.toString()).isEqualTo("{\"path\": \"ü.txt\"}");
  }

  private static JsonNode json(String text) {
    return Json.read(text, JsonNode.class);
  }

  @Test
  void whatTheModelSaidGoesBackUnchangedAndInOrder() {
    Answer answer =
        new Answer(
            "I will look.",
            List.of(
                new Call("call_1", "fs_read_file", "{\"path\": \"a\", \"from\": 1}"),
                new Call("call_2", "fs_read_file", "{\"path\": \"b\"}")),
            true,
            Stop.USUAL);
    ProtocolServer server =
        first((_, reply) -> reply.stream(protocol().stream(answer)), saying("done"));
    ChatModel model = model(server, PATIENT);
    Message.User task = new Message.User("the task");
    ModelReply reply = model.reply(request(task), deltas::add, Cancellation.never());
    // through the journal, as in a run that was resumed
    ModelReply recorded = Json.read(Json.write(reply), ModelReply.class);
    model.reply(
        request(
            task,
            recorded.message(),
            new Message.ToolReturn("call_1", "text of a", true),
            new Message.ToolReturn("call_2", "no such file", false)),
        deltas::add,
        Cancellation.never());
    JsonNode second = server.received().get(1).body();
    assertThat(protocol().sentBack(second)).isEqualTo(protocol().opaque(answer));
    assertThat(protocol().results(second))
        .isEqualTo(Map.of("call_1", "text of a", "call_2", "no such file"));
  }

  @Test
  void aConversationOfAnotherProviderIsToldInThisOnesWords() {
    ProtocolServer server = serve(saying("done"));
    Protocol other =
        protocol() instanceof OpenAiProtocol ? new AnthropicProtocol() : new OpenAiProtocol();
    Answer answer =
        new Answer("Looking.", List.of(new Call("c1", "fs_read_file", "{}")), true, Stop.USUAL);
    ask(
        server,
        request(
            new Message.User("the task"),
            new Message.Assistant(
                "Looking.",
                List.of(new ToolCall("c1", "fs_read_file", json("{}"))),
                other.opaque(answer)),
            new Message.ToolReturn("c1", "text", true)));
    JsonNode body = server.received().getFirst().body();
    assertThat(body.toString()).contains("Looking.").doesNotContain("gAAAAABo", "EqoB");
    assertThat(protocol().results(body)).containsOnlyKeys("c1");
  }

  @Test
  void argumentsThatAreNoJsonAreForTheModelToRead() {
    Answer answer = Answer.calling(new Call("call_1", "fs_read_file", "{\"path\": \"a"));
    ProtocolServer server = serve((_, reply) -> reply.stream(protocol().stream(answer)));
    ModelReply reply = ask(server);
    assertThat(reply.message().calls().getFirst().arguments().isObject()).isFalse();
    ask(
        server,
        request(
            new Message.User("x"),
            reply.message(),
            new Message.ToolReturn("call_1", "the arguments are no JSON object", false)));
    assertThat(protocol().sentBack(server.received().get(1).body()))
        .isEqualTo(protocol().opaque(answer));
  }

  @Test
  void aRefusalIsARefusal() {
    Answer answer = new Answer("I cannot help with that.", List.of(), false, Stop.REFUSAL);
    ModelReply reply = ask(serve((_, r) -> r.stream(protocol().stream(answer))));
    assertThat(reply.stop()).isEqualTo(StopReason.REFUSED);
    assertThat(reply.message().text()).isEqualTo("I cannot help with that.");
  }

  @Test
  void anAnswerAtTheOutputLimitSaysSo() {
    Answer answer = new Answer("Half of", List.of(), false, Stop.OUTPUT_LIMIT);
    ModelReply reply =
        ask(
            serve((_, r) -> r.stream(protocol().stream(answer))),
            request(new Message.User("x")).withMaxOutputTokens(16));
    assertThat(reply.stop()).isEqualTo(StopReason.MAX_TOKENS);
    assertThat(reply.message().text()).isEqualTo("Half of");
  }

  @Test
  void strictOutputAndItsLimitAreAskedFor() {
    ProtocolServer server = serve(saying("{\"ok\": true}"));
    JsonNode schema =
        json(
            """
            {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"],
             "additionalProperties": false}\
            """);
    ask(
        server,
        request(new Message.User("x"))
            .withFormat(new OutputFormat("verdict", schema))
            .withMaxOutputTokens(1234));
    JsonNode body = server.received().getFirst().body();
    assertThat(body.findValue("format").path("type").asText()).isEqualTo("json_schema");
    assertThat(body.findValue("format").path("schema")).isEqualTo(schema);
    assertThat(body.has("max_tokens") ? body.path("max_tokens") : body.path("max_output_tokens"))
        .isEqualTo(json("1234"));
  }

  @Test
  void theBeginningOfAConversationIsCacheable() {
    ProtocolServer server = serve(saying("ok"));
    Message.User task = new Message.User("the task");
    ModelReply reply = ask(server, request(task));
    ask(server, request(task, reply.message(), new Message.User("go on")));
    JsonNode one = server.received().get(0).body();
    JsonNode two = server.received().get(1).body();
    assertThat(two.path("tools")).isEqualTo(one.path("tools"));
    assertThat(two.path("system")).isEqualTo(one.path("system"));
    assertThat(two.path("instructions")).isEqualTo(one.path("instructions"));
    assertThat(two.path("prompt_cache_key")).isEqualTo(one.path("prompt_cache_key"));
  }
}
