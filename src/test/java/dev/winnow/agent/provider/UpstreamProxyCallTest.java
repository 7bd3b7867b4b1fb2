package dev.winnow.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Provider;
import dev.winnow.workspace.egress.TrustCertificates;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Model calls out of a network that is left through a proxy. */
@Timeout(60)
class UpstreamProxyCallTest {

  private static final OpenAiProtocol OPENAI = new OpenAiProtocol();
  private static final char[] PASSWORD = "of-the-tests".toCharArray();
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

  /** A server with a certificate that it signed itself, for 127.0.0.1 only. */
  private static HttpsServer serverWithItsOwnCertificate(KeyStore store) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    byte[] answer = OPENAI.stream(Protocol.Answer.saying("ok")).getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("content-type", "text/event-stream");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void aCertificateIsBelievedWhenItsAuthorityIsNamedAndElseRefusedInOneLine(@TempDir Path directory)
      throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = UpstreamProxyCallTest.class.getResourceAsStream("/tls/loopback.p12")) {
      store.load(in, PASSWORD);
    }
    Path authority = directory.resolve("authority.pem");
    Files.writeString(
        authority,
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(
                Base64.getMimeEncoder()
                    .encodeToString(store.getCertificate("loopback").getEncoded())));
    Map<String, String> trusting = Map.of("SSL_CERT_FILE", authority.toString());
    HttpsServer server = serverWithItsOwnCertificate(store);
    try {
      int port = server.getAddress().getPort();
      URI address = URI.create("https://127.0.0.1:" + port);
      assertThat(failure(model(address, Map.of())))
          .isEqualTo(
              "openai-responses:gpt-5.1-codex: the certificate of 127.0.0.1 is of no authority that is trusted here;"
                  + " name a file with its authority in SSL_CERT_FILE, or check the address");
      ModelReply reply = model(address, trusting).reply(REQUEST, _ -> {}, Cancellation.never());
      assertThat(reply.message().text()).isEqualTo("ok");
      assertThat(failure(model(URI.create("https://localhost:" + port), trusting)))
          .contains("the certificate of localhost is for another name");
    } finally {
      server.stop(0);
    }
    Files.writeString(authority, "nothing");
    assertThat(failure(model(URI.create("https://127.0.0.1:1"), trusting)))
        .isEqualTo(
            "environment: SSL_CERT_FILE: %s is no readable file with certificates in PEM form"
                .formatted(authority));
  }

  @Test
  void aCertificateOutOfItsTimeIsNamed() {
    Exception expired = new IOException(new CertificateExpiredException("NotAfter: 2020"));
    assertThat(TrustCertificates.problem("h", expired))
        .hasValue("the certificate of h has expired");
    assertThat(TrustCertificates.problem("h", new IOException("reset"))).isEmpty();
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
