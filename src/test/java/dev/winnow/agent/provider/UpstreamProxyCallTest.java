package dev.winnow.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Provider;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Model calls out of a network that is left through a proxy. */
@Timeout(60)
class UpstreamProxyCallTest {

  private static final OpenAiProtocol OPENAI = new OpenAiProtocol();
  private static final ModelRequest REQUEST =
      new ModelRequest("red", "rules", List.of(new Message.User("x")), List.of());

  private static ChatModel model(URI address, Map<String, String> environment) {
    ProviderLimits limits =
        ProviderLimits.DEFAULT.withRetries(2, Duration.ofMillis(1), Duration.ofMillis(1));
    return OPENAI.model(
        new SdkModels(
            PriceTable.packaged(),
            Map.of(Provider.OPENAI, limits),
            Map.of(),
            UpstreamProxy.of(environment)),
        address,
        "sk-test");
  }

  private static String failure(ChatModel model) {
    WinnowException failure =
        catchThrowableOfType(
            WinnowException.class, () -> model.reply(REQUEST, _ -> {}, Cancellation.never()));
    return String.valueOf(failure.getMessage());
  }

  @Test
  void callsGoThroughTheProxyExceptToHostsThatAreNamedAndToThisMachine() {
    try (ProtocolServer server =
        new ProtocolServer(
            (_, reply) -> reply.stream(OPENAI.stream(Protocol.Answer.saying("ok"))))) {
      Map<String, String> environment =
          Map.of("HTTP_PROXY", server.address().toString(), "NO_PROXY", "direct.invalid");
      URI far = URI.create("http://models.invalid");
      assertThat(
              model(far, environment)
                  .reply(REQUEST, _ -> {}, Cancellation.never())
                  .message()
                  .text())
          .isEqualTo("ok");
      assertThat(server.received().getFirst().path())
          .isEqualTo("http://models.invalid/v1/responses");

      model(server.address(), environment).reply(REQUEST, _ -> {}, Cancellation.never());
      assertThat(server.received().getLast().path()).isEqualTo("/v1/responses");

      assertThat(failure(model(URI.create("http://direct.invalid"), environment)))
          .contains("no connection to direct.invalid (")
          .doesNotContain("proxy");
      assertThat(server.received()).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "403, 'does not connect to models.invalid (HTTP 403)'",
    "407, 'wants a log-in (HTTP 407)'"
  })
  void aProxyThatRefusesIsAskedOnceAndNamed(int status, String expected) {
    try (ProtocolServer proxy =
        new ProtocolServer((_, reply) ->
            reply.whole(status, Map.of("Proxy-Authenticate", "Basic realm=\"x\""), ""))) {
      String told =
          failure(
              model(
                  URI.create("https://models.invalid"),
                  Map.of("https_proxy", proxy.address().toString())));
      assertThat(told)
          .contains("the proxy 127.0.0.1:" + proxy.address().getPort() + " " + expected)
          .endsWith("check HTTPS_PROXY, HTTP_PROXY and NO_PROXY");
      assertThat(proxy.received()).hasSize(1);
      assertThat(proxy.received().getFirst().method()).isEqualTo("CONNECT");
      assertThat(proxy.received().getFirst().path()).isEqualTo("models.invalid:443");
    }
  }

  @Test
  void aProxyThatIsNotThereIsNamed() {
    assertThat(
            failure(
                model(
                    URI.create("https://models.invalid"),
                    Map.of("HTTPS_PROXY", "http://me:secret-word@127.0.0.1:1"))))
        .contains("no connection to models.invalid through the proxy 127.0.0.1:1")
        .doesNotContain("secret-word");
  }
}
