package dev.winnow.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelReply.StopReason;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.OutputFormat;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.ToolCall;
import dev.winnow.agent.provider.Protocol.Answer;
import dev.winnow.agent.provider.Protocol.Call;
import dev.winnow.agent.provider.Protocol.Stop;
import dev.winnow.agent.tool.ToolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every provider's model does, whatever its protocol, against a server that plays it. */
abstract class ChatModelContract {

  private static final String KEY = "sk-secret-0123456789abcdef";
  private static final ProviderLimits PATIENT =
      ProviderLimits.DEFAULT.withRetries(3, Duration.ofMillis(1), Duration.ofMillis(5));
  private static final Map<String, String> JSON = Map.of("content-type", "application/json");

  private final List<ModelDelta> deltas = new CopyOnWriteArrayList<>();
  private final List<ProtocolServer> servers = new ArrayList<>();

  abstract Protocol protocol();

  @AfterEach
  void stopServers() {
    servers.forEach(ProtocolServer::close);
  }

  private ProtocolServer serve(ProtocolServer.Behaviour behaviour) {
    ProtocolServer server = new ProtocolServer(behaviour);
    servers.add(server);
    return server;
  }

  /** Behaves one way for the first request, and another for the rest. */
  private ProtocolServer first(
      ProtocolServer.Behaviour first, ProtocolServer.Behaviour afterwards) {
    AtomicInteger count = new AtomicInteger();
    return serve((request, reply) ->
        (count.getAndIncrement() == 0 ? first : afterwards).answer(request, reply));
  }

  private ProtocolServer.Behaviour saying(String text) {
    return (_, reply) -> reply.stream(protocol().stream(Answer.saying(text)));
  }

  private ChatModel model(ProtocolServer server, ProviderLimits limits) {
    return protocol().model(new SdkModels(PriceTable.packaged(), limits), server.address(), KEY);
  }

  private ModelReply ask(ProtocolServer server, ModelRequest request) {
    return model(server, PATIENT).reply(request, deltas::add, Cancellation.never());
  }

  private ModelReply ask(ProtocolServer server) {
    return ask(server, request(new Message.User("the task")));
  }

  private static ModelRequest request(Message... messages) {
    JsonNode parameters =
        Json.read(
            """
            {"type": "object", "properties": {"path": {"type": "string"}, "from": {"type": "integer"}},
             "required": ["path"], "additionalProperties": false}\
            """,
            JsonNode.class);
    return new ModelRequest(
        "green",
        "the rules",
        List.of(messages),
        List.of(new ToolSpec("fs_read_file", "Reads a file.", parameters)));
  }

  private WinnowException failure(ProtocolServer server, ProviderLimits limits) {
    return catchThrowableOfType(
        WinnowException.class,
        () ->
            model(server, limits)
                .reply(request(new Message.User("x")), deltas::add, Cancellation.never()));
  }

  private void assertTold(WinnowException failure, String... parts) {
    assertThat(failure).isNotNull();
    assertThat(failure.category()).isEqualTo(WinnowException.Category.AGENT);
    assertThat(failure.getMessage())
        .contains(parts)
        .doesNotContain(KEY)
        .doesNotContain("\n")
        .hasSizeLessThan(700);
  }

  private long retries() {
    return deltas.stream().filter(ModelDelta.Retrying.class::isInstance).count();
  }

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
  void aCutStreamIsAskedAgainAndNeverAnAnswer() {
    ProtocolServer server =
        first(
            (_, reply) -> {
              reply.begin();
              reply.send(protocol().beginning() + protocol().piece("Half an"));
            },
            saying("whole"));
    assertThat(ask(server).message().text()).isEqualTo("whole");
    assertThat(retries()).isEqualTo(1);
  }

  @Test
  void aStreamThatEndsWithoutItsTerminalEventWasCut() {
    ProtocolServer server = serve((_, reply) -> reply.stream(protocol().beginning()));
    assertTold(failure(server, PATIENT), "cut before its end", "given up after 3 attempts");
    assertThat(server.received()).hasSize(3);
  }

  @Test
  void aServerThatClosesWithoutAWordIsAskedAgain() {
    assertThat(ask(first((_, _) -> {}, saying("ok"))).message().text()).isEqualTo("ok");
  }

  @Test
  void aStallBeforeTheFirstByteEnds() {
    ProtocolServer server = serve((_, reply) -> reply.hang());
    ProviderLimits limits = impatient(Duration.ofMillis(100), Duration.ofMinutes(1));
    assertTold(failure(server, limits), "did not begin to answer within 0.1s");
    server.awaitClientGone();
  }

  @Test
  void aStallOfTheBodyBeforeItsFirstByteEnds() {
    ProtocolServer server =
        serve((_, reply) -> {
          reply.begin();
          reply.hang();
        });
    ProviderLimits limits = impatient(Duration.ofMillis(200), Duration.ofMinutes(1));
    assertTold(failure(server, limits), "did not begin to answer within 0.2s");
    server.awaitClientGone();
  }

  @Test
  void aStallAfterTheFirstByteEnds() {
    ProtocolServer server =
        serve((_, reply) -> {
          reply.begin();
          reply.send(protocol().beginning());
          reply.hang();
        });
    ProviderLimits limits = impatient(Duration.ofMinutes(1), Duration.ofMillis(100));
    assertTold(failure(server, limits), "silent for 0.1s");
    server.awaitClientGone();
  }

  private static ProviderLimits impatient(Duration firstByte, Duration silence) {
    return PATIENT
        .withRetries(1, Duration.ofMillis(1), Duration.ofMillis(1))
        .withTimes(firstByte, silence, Duration.ofMinutes(2));
  }

  @Test
  void aTrickleEndsByTheTotalLimit() {
    ProtocolServer server =
        serve((_, reply) -> {
          reply.begin();
          reply.send(protocol().beginning());
          reply.trickle();
        });
    Duration minute = Duration.ofMinutes(1);
    assertTold(
        failure(server, PATIENT.withTimes(minute, minute, Duration.ofMillis(300))),
        "not done within 0.3s");
    server.awaitClientGone();
    assertThat(server.received()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "400, the provider refused the request (HTTP 400)",
    "401, the API key was refused (HTTP 401)",
    "403, the API key may not do this (HTTP 403)",
    "404, the provider does not know this model or address (HTTP 404)"
  })
  void whatIsRefusedForGoodIsAskedOnce(int status, String expected) {
    ProtocolServer server =
        serve((_, reply) ->
            reply.whole(
                status,
                JSON,
                status == 404 || status == 403
                    ? "{\"error\": {\"message\": \"no for %s\"}}".formatted(KEY)
                    : protocol().error(status, "no for " + KEY + "\nand more")));
    assertTold(failure(server, PATIENT), expected, "no for [key]");
    assertThat(server.received()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 409, 429, 500, 502, 503, 529})
  void whatMayPassIsAskedAgain(int status) {
    ProtocolServer server =
        first(
            (_, reply) -> reply.whole(status, JSON, protocol().error(status, "not now")),
            saying("ok"));
    assertThat(ask(server).message().text()).isEqualTo("ok");
    assertThat(server.received()).hasSize(2);
  }

  @Test
  void aRateLimitForEverIsGivenUp() {
    ProtocolServer server =
        serve((_, reply) -> reply.whole(429, JSON, protocol().error(429, "slow down please")));
    assertTold(
        failure(server, PATIENT),
        "rate limit is reached (HTTP 429): slow down please",
        "given up after 3 attempts");
    assertThat(server.received()).hasSize(3);
  }

  @Test
  void anAccountWithoutCreditIsNotAskedAgain() {
    ProtocolServer server =
        serve((_, reply) ->
            reply.whole(429, JSON, protocol().error(429, "You exceeded your current quota.")));
    assertTold(failure(server, PATIENT), "no credit left");
    assertThat(server.received()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "retry-after-ms, 2.5, PT0.0025S",
    "retry-after, 3600, PT0.005S",
    "retry-after, 'Wed, 21 Oct 2015 07:28:00 GMT', PT0S",
    "retry-after, 'Sun, 21 Oct 2125 07:28:00 GMT', PT0.005S"
  })
  void whatTheProviderAsksToWaitIsHonouredUpToALimit(String name, String value, Duration delay) {
    ask(
        first(
            (_, reply) -> reply.whole(429, Map.of(name, value), protocol().error(429, "later")),
            saying("ok")));
    assertThat(deltas)
        .filteredOn(ModelDelta.Retrying.class::isInstance)
        .extracting(delta -> ((ModelDelta.Retrying) delta).delay())
        .containsExactly(delay);
  }

  @Test
  void anOverloadInTheMiddleOfTheStreamIsAskedAgain() {
    ProtocolServer server =
        first(
            (_, reply) ->
                reply.stream(
                    protocol().beginning()
                        + protocol().piece("Ha")
                        + protocol().overloadedInStream()),
            saying("ok"));
    assertThat(ask(server).message().text()).isEqualTo("ok");
    assertThat(retries()).isEqualTo(1);
  }

  @Test
  void aContextOverflowIsNamedAndNotAskedAgain() {
    ProtocolServer server = serve((_, reply) -> protocol().overflow(reply));
    assertTold(failure(server, PATIENT), "larger than the model's context");
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void anAnswerOfTenMegabytesIsStopped() {
    String piece = protocol().piece("x".repeat(1 << 20));
    ProtocolServer server =
        serve((_, reply) -> {
          reply.begin();
          reply.send(protocol().beginning());
          for (int i = 0; i < 10; i++) {
            reply.send(piece);
          }
          reply.hang();
        });
    assertTold(failure(server, PATIENT), "larger than 4,194,304 characters");
    server.awaitClientGone();
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void aLineWithoutEndIsStopped() {
    ProtocolServer server =
        serve((_, reply) -> {
          reply.begin();
          String part = "data: " + "x".repeat(1 << 20);
          for (int i = 0; i < 40; i++) {
            reply.send(part);
          }
          reply.hang();
        });
    assertTold(failure(server, PATIENT), "larger than");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "application/json", ""})
  void anotherContentTypeIsAnError(String type) {
    ProtocolServer server =
        serve((_, reply) -> reply.whole(200, Map.of("content-type", type), "<html>login</html>"));
    assertTold(failure(server, PATIENT), "instead of a stream of events", "check the base URL");
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void aRedirectIsNotFollowed() {
    ProtocolServer elsewhere = serve(saying("stolen"));
    ProtocolServer server =
        serve((_, reply) -> reply.whole(307, Map.of("location", elsewhere.address() + "/v1"), ""));
    assertTold(failure(server, PATIENT), "HTTP 307");
    assertThat(elsewhere.received()).isEmpty();
  }

  @Test
  void anEventThatIsNoJsonIsAnError() {
    ProtocolServer server = serve((_, reply) -> reply.stream("data: {\"type\": \n\n"));
    assertTold(failure(server, PATIENT), "no JSON object");
  }

  @Test
  void aServerThatIsNotThereIsToldPlainly() {
    ProtocolServer server = serve(saying("x"));
    server.close();
    assertTold(failure(server, PATIENT), "no connection to 127.0.0.1", "given up after 3 attempts");
  }

  @Test
  void cancellationBeforeTheFirstByteClosesTheConnection() {
    ProtocolServer server = serve((_, reply) -> reply.hang());
    assertCancelled(server, ProtocolServer::awaitRequest);
    server.awaitClientGone();
  }

  @Test
  void cancellationInTheMiddleOfTheStreamClosesTheConnection() {
    ProtocolServer server =
        serve((_, reply) -> {
          reply.begin();
          reply.send(protocol().beginning() + protocol().piece("Ha"));
          reply.hang();
        });
    assertCancelled(server, _ -> awaitDelta());
    server.awaitClientGone();
  }

  @Test
  void cancellationEndsTheWaitForTheNextAttempt() {
    ProtocolServer server =
        serve((_, reply) ->
            reply.whole(429, Map.of("retry-after", "60"), protocol().error(429, "later")));
    assertCancelled(server, _ -> awaitDelta());
  }

  private void awaitDelta() {
    while (deltas.isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private void assertCancelled(ProtocolServer server, Consumer<ProtocolServer> begun) {
    Cancellation cancellation = new Cancellation();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    ChatModel model = model(server, ProviderLimits.DEFAULT);
    Thread call =
        Thread.ofVirtual()
            .start(() -> {
              try {
                model.reply(request(new Message.User("x")), deltas::add, cancellation);
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    begun.accept(server);
    cancellation.cancel("enough");
    try {
      call.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(thrown.get()).isInstanceOf(Cancellation.Cancelled.class).hasMessage("enough");
  }

  @Test
  void connectionsAreUsedAgain() {
    ProtocolServer server = serve(saying("ok"));
    ChatModel model = model(server, PATIENT);
    for (int i = 0; i < 3; i++) {
      model.reply(request(new Message.User("x")), deltas::add, Cancellation.never());
    }
    assertThat(server.connections()).isEqualTo(1);
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
