package dev.winnow.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.agent.provider.ProtocolServer;
import dev.winnow.workspace.ServeConnections;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CredentialProxyTest {

  private static final String STAND_IN = "winnow-stand-in";
  private static final String KEY = "sk-real";

  private final AtomicInteger signs = new AtomicInteger();

  private String ask(ProviderCalls calls, URI base, String request) throws IOException {
    return ask(UpstreamProxy.NONE, calls, base, request);
  }

  private String ask(UpstreamProxy upstream, ProviderCalls calls, URI base, String request)
      throws IOException {
    try (CredentialProxy proxy =
            new CredentialProxy(
                calls, base, Optional.of(KEY), STAND_IN, upstream, signs::incrementAndGet);
        ServeConnections served = ServeConnections.onLoopback(proxy);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static ProtocolServer answering() {
    return new ProtocolServer((request, reply) -> {
      reply.begin();
      reply.send("data: one\n\n");
      reply.send("data: two\n\n");
      reply.end();
    });
  }

  @Test
  void theStandInIsReplacedByTheKeyAndTheAnswerStreamsBack() throws IOException {
    try (ProtocolServer server = answering()) {
      String answer =
          ask(
              ProviderCalls.OPENAI,
              server.address().resolve("/deep/v1"),
              "POST /v1/responses HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer %s\r\nCookie: a=b\r\nX-Mine: yes\r\nContent-Length: 2\r\n\r\n{}"
                  .formatted(STAND_IN));
      assertThat(answer)
          .startsWith("HTTP/1.1 200 ")
          .contains("data: one\n\n", "data: two\n\n")
          .endsWith("0\r\n\r\n");
      ProtocolServer.Received received = server.received().getFirst();
      assertThat(received.path()).isEqualTo("/deep/v1/responses");
      assertThat(received.headers())
          .containsEntry("authorization", "Bearer " + KEY)
          .containsEntry("x-mine", "yes")
          .doesNotContainKey("cookie");
      assertThat(received.headers().get("host")).startsWith("127.0.0.1:");
      assertThat(signs.get()).isPositive();
    }
  }

  @Test
  void theProviderIsReachedThroughTheProxyOfTheNetwork() throws IOException {
    try (ProtocolServer proxy = answering()) {
      assertThat(
              ask(
                  UpstreamProxy.of(Map.of("HTTP_PROXY", proxy.address().toString())),
                  ProviderCalls.OPENAI,
                  URI.create("http://models.example.invalid/v1"),
                  "POST /v1/responses HTTP/1.1\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n"
                      .formatted(STAND_IN)))
          .startsWith("HTTP/1.1 200 ")
          .contains("data: two");
      assertThat(proxy.received().getFirst().path())
          .isEqualTo("http://models.example.invalid/v1/responses");
    }
  }

  @Test
  void anthropicsKeyHasAHeaderOfItsOwnAndChunkedRequestsPass() throws IOException {
    try (ProtocolServer server = answering()) {
      ask(
          ProviderCalls.ANTHROPIC,
          server.address().resolve("/v1/"),
          "POST /v1/messages?beta=true HTTP/1.1\r\nx-api-key: %s\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
              .formatted(STAND_IN));
      ProtocolServer.Received received = server.received().getFirst();
      assertThat(received.path()).isEqualTo("/v1/messages?beta=true");
      assertThat(received.headers()).containsEntry("x-api-key", KEY);
      assertThat(received.headers()).doesNotContainKey("authorization");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/responses",
        "POST /v1/files",
        "POST /v1/responses/../files",
        "POST /v1/responses%2f..%2ffiles",
        "POST http://evil.example/v1/responses",
        "DELETE /v1/models",
        "POST /v1/responses?x=\"",
        "POST /responses",
        "POST /"
      })
  void otherCallsDoNotPass(String call) throws IOException {
    try (ProtocolServer server = answering()) {
      String answer =
          ask(
              ProviderCalls.OPENAI,
              server.address(),
              call + " HTTP/1.1\r\nAuthorization: Bearer " + STAND_IN + "\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 403 ");
      assertThat(server.received()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Bearer wrong",
        "X-Other: winnow-stand-in",
        "Authorization: winnow-stand-in",
        "x-api-key: sk-real"
      })
  void nobodyElsePasses(String header) throws IOException {
    try (ProtocolServer server = answering()) {
      assertThat(
              ask(
                  ProviderCalls.OPENAI,
                  server.address(),
                  "POST /v1/responses HTTP/1.1\r\n" + header + "\r\nContent-Length: 0\r\n\r\n"))
          .startsWith("HTTP/1.1 401 ");
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void aCutAnswerLooksCutInsideAsWell() throws IOException {
    try (ProtocolServer server =
        new ProtocolServer((request, reply) -> {
          reply.begin();
          reply.send("data: one\n\n");
        })) {
      String answer =
          ask(
              ProviderCalls.OPENAI,
              server.address(),
              "POST /v1/responses HTTP/1.1\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n"
                  .formatted(STAND_IN));
      assertThat(answer).startsWith("HTTP/1.1 200 ").doesNotContain("\r\n0\r\n\r\n");
    }
  }

  @Test
  void anErrorOfTheProviderArrivesAsItIs() throws IOException {
    try (ProtocolServer server =
        new ProtocolServer((request, reply) ->
            reply.whole(429, Map.of("retry-after", "7"), "{\"error\": \"slow down\"}"))) {
      String answer =
          ask(
              ProviderCalls.OPENAI,
              server.address(),
              "POST /v1/responses HTTP/1.1\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n"
                  .formatted(STAND_IN));
      assertThat(answer)
          .startsWith("HTTP/1.1 429 ")
          .containsIgnoringCase("retry-after: 7")
          .contains("slow down");
    }
  }

  @Test
  void aProviderThatIsNotThereIsABadGateway() throws IOException {
    assertThat(
            ask(
                ProviderCalls.OPENAI,
                URI.create("http://127.0.0.1:1/v1"),
                "POST /v1/responses HTTP/1.1\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n"
                    .formatted(STAND_IN)))
        .startsWith("HTTP/1.1 502 ");
  }
}
