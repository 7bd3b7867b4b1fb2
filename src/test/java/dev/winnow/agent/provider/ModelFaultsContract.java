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
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Provider;
import dev.winnow.agent.provider.Protocol.Answer;
import dev.winnow.agent.tool.ToolSpec;
import dev.winnow.telemetry.Counted;
import dev.winnow.workspace.egress.UpstreamProxy;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every provider's model does when its server does not do what it should. */
abstract class ModelFaultsContract {

  static final String KEY = "sk-secret-0123456789abcdef";
  static final ProviderLimits PATIENT =
      ProviderLimits.DEFAULT.withRetries(3, Duration.ofMillis(1), Duration.ofMillis(5));
  static final Map<String, String> JSON = Map.of("content-type", "application/json");

  final List<ModelDelta> deltas = new CopyOnWriteArrayList<>();
  private final List<ProtocolServer> servers = new ArrayList<>();

  abstract Protocol protocol();

  @AfterEach
  void stopServers() {
    servers.forEach(ProtocolServer::close);
  }

  ProtocolServer serve(ProtocolServer.Behaviour behaviour) {
    ProtocolServer server = new ProtocolServer(behaviour);
    servers.add(server);
    return server;
  }

  /** Behaves one way for the first request, and another for the rest. */
  ProtocolServer first(ProtocolServer.Behaviour first, ProtocolServer.Behaviour afterwards) {
    AtomicInteger count = new AtomicInteger();
    return serve((request, reply) ->
        (count.getAndIncrement() == 0 ? first : afterwards).answer(request, reply));
  }

  ProtocolServer.Behaviour saying(String text) {
    return (_, reply) -> reply.stream(protocol().stream(Answer.saying(text)));
  }

  private static SdkModels models(ProviderLimits limits) {
    return new SdkModels(
        PriceTable.packaged(),
        Map.of(Provider.OPENAI, limits, Provider.ANTHROPIC, limits),
        Map.of(),
        UpstreamProxy.NONE);
  }

  ChatModel model(ProtocolServer server, ProviderLimits limits) {
    return protocol().model(models(limits), server.address(), KEY);
  }

  ModelReply ask(ProtocolServer server, ModelRequest request) {
    return model(server, PATIENT).reply(request, deltas::add, Cancellation.never());
  }

  ModelReply ask(ProtocolServer server) {
    return ask(server, request(new Message.User("the task")));
  }

  static ModelRequest request(Message... messages) {
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

  WinnowException failure(ProtocolServer server, ProviderLimits limits) {
    return catchThrowableOfType(
        WinnowException.class,
        () ->
            model(server, limits)
                .reply(request(new Message.User("x")), deltas::add, Cancellation.never()));
  }

  void assertTold(WinnowException failure, String... parts) {
    assertThat(failure).isNotNull();
    assertThat(failure.category()).isEqualTo(WinnowException.Category.AGENT);
    assertThat(failure.getMessage())
        .contains(parts)
        .doesNotContain(KEY)
        .doesNotContain("\n")
        .hasSizeLessThan(700);
  }

  long retries() {
    return deltas.stream().filter(ModelDelta.Retrying.class::isInstance).count();
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
    // on a busy machine the request has to arrive within that, or there is nobody to go
    ProviderLimits limits = impatient(Duration.ofSeconds(1), Duration.ofMinutes(1));
    assertTold(failure(server, limits), "did not begin to answer within 1s");
    server.awaitClientGone();
  }

  @Test
  void aStallOfTheBodyBeforeItsFirstByteEnds() {
    ProtocolServer server =
        serve((_, reply) -> {
          reply.begin();
          reply.hang();
        });
    // also the head has to arrive within that, on a busy machine
    ProviderLimits limits = impatient(Duration.ofSeconds(1), Duration.ofMinutes(1));
    assertTold(failure(server, limits), "did not begin to answer within 1s");
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
    assertTold(failure(server, PATIENT), expected, "no for [secret]");
    assertThat(server.received()).hasSize(1);
  }

  /** Ollama and others call each of their errors {@code api_error}. */
  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 422})
  void whatIsRefusedForGoodIsAskedOnceWhateverTheErrorIsCalled(int status) {
    String body =
        "{\"error\": {\"message\": \"model 'x' not found\", \"type\": \"api_error\", \"code\": null}}";
    ProtocolServer server = serve((_, reply) -> reply.whole(status, JSON, body));
    assertTold(failure(server, PATIENT), "(HTTP " + status + "): model 'x' not found");
    assertThat(server.received()).hasSize(1);
  }

  /** A rate limit is the account's: the others of the provider would only be refused as well. */
  @Test
  void whoIsToldToWaitHoldsBackTheOthersOfTheProvider() {
    ProtocolServer server =
        first(
            (_, reply) ->
                reply.whole(429, Map.of("retry-after", "60"), protocol().error(429, "later")),
            saying("ok"));
    Duration minute = Duration.ofMinutes(1);
    ProviderLimits once =
        ProviderLimits.DEFAULT
            .withRetries(1, Duration.ofMillis(1), minute)
            .withTimes(minute, minute, Duration.ofSeconds(1));
    SdkModels models = models(once);
    for (String expected : List.of("rate limit is reached", "not done within 1s")) {
      ChatModel model = protocol().model(models, server.address(), KEY);
      assertTold(
          catchThrowableOfType(
              WinnowException.class,
              () -> model.reply(request(new Message.User("x")), deltas::add, Cancellation.never())),
          expected);
    }
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
    try (Counted metrics = new Counted()) {
      assertTold(
          metrics.in(() -> failure(server, PATIENT)),
          "rate limit is reached (HTTP 429): slow down please",
          "given up after 3 attempts");
      int asked = server.received().size();
      assertThat(asked).isEqualTo(3);
      String name = protocol() instanceof OpenAiProtocol ? "openai" : "anthropic";
      String provider = "provider=\"" + name + "\"";
      assertThat(metrics.value("winnow_model_retries_total", provider)).isEqualTo(asked - 1);
      assertThat(metrics.value("winnow_limiter_wait_seconds_count", provider)).isEqualTo(asked);
    }
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

  /** Each line of it was copied with all before it. */
  @Test
  @Timeout(30)
  void anEventOfAMillionLinesTakesNoTime() {
    ProtocolServer server =
        serve((_, reply) -> reply.stream("data:\n".repeat(1_000_000) + "data: {\n\n"));
    assertTold(failure(server, PATIENT), "no JSON object");
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
}
