package dev.winnow.workspace.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.ServeConnections;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressProxyTest {

  private static final AddressRule RULE = AddressRule.PUBLIC_ONLY.allowing(List.of("127.0.0.1"));

  private final List<String> refused = Collections.synchronizedList(new ArrayList<>());

  /** What the proxy answers to a request, up to the end of the connection. */
  private String ask(List<AllowedHost> allowed, boolean plain, String request) throws IOException {
    return ask(allowed, plain, UpstreamProxy.NONE, request);
  }

  private String ask(
      List<AllowedHost> allowed, boolean plain, UpstreamProxy upstream, String request)
      throws IOException {
    try (ServeConnections proxy =
            ServeConnections.onLoopback(
                new EgressProxy(allowed, RULE, plain, upstream, refused::add));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static AllowedHost host(String text) {
    return AllowedHost.parse(text);
  }

  /** Answers with all that it got. */
  private static ServeConnections echo() throws IOException {
    return ServeConnections.onLoopback(channel -> {
      ByteBuffer bytes = ByteBuffer.allocate(10_000);
      while (channel.read(bytes) >= 0) {}
      bytes.flip();
      channel.write(bytes);
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.com:443",
        "api.example.org.evil.com:443",
        "xapi.example.org:443",
        "example.org:443",
        "api.example.org:8443",
        "api.example.org:22",
        "169.254.169.254:80",
        "[::1]:443"
      })
  void otherHostsAndPortsAreForbidden(String target) throws IOException {
    String answer =
        ask(
            List.of(host("api.example.org"), host("*.cdn.example.org")),
            false,
            "CONNECT " + target + " HTTP/1.1\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 403 Forbidden\r\n").contains(target);
    assertThat(refused).singleElement().asString().startsWith(target + " is not among");
  }

  @Test
  void anAllowedNameThatLeadsToThisMachineIsForbidden() throws IOException {
    String answer =
        ask(List.of(host("localhost")), false, "CONNECT localhost:443 HTTP/1.1\r\n\r\n");
    assertThat(answer)
        .startsWith("HTTP/1.1 403 Forbidden\r\n")
        .endsWith("localhost has the address 127.0.0.1, which is not public\n");
  }

  @Test
  void plainRequestsAreOnlyServedWhereTheyAreWanted() throws IOException {
    assertThat(ask(List.of(host("*")), false, "GET http://example.org/ HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 405 Method Not Allowed\r\n");
  }

  @Test
  void aPlainRequestIsWrittenAnewAndOnlyOneGoesThroughAConnection() throws IOException {
    try (ServeConnections server = echo()) {
      String authority = "127.0.0.1:" + server.port();
      String heard =
          ask(
              List.of(host(authority)),
              true,
              "GET http://%s/a?b=c HTTP/1.1\r\nHost: evil.com\r\nProxy-Authorization: x\r\nConnection: keep-alive\r\nAccept: */*\r\n\r\n"
                  .formatted(authority));
      assertThat(heard)
          .isEqualTo(
              "GET /a?b=c HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\nConnection: close\r\n\r\n"
                  .formatted(authority));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONNECT example.org HTTP/1.1\r\n\r\n",
        "CONNECT example.org:0 HTTP/1.1\r\n\r\n",
        "CONNECT example.org:99999 HTTP/1.1\r\n\r\n",
        "CONNECT user@example.org:443 HTTP/1.1\r\n\r\n",
        "CONNECT example.org:443 HTTP/1.0\r\n\r\n",
        "CONNECT example.org:443  HTTP/1.1\r\n\r\n",
        "CONNECT example.org:443 HTTP/1.1\r\nno colon\r\n\r\n",
        "CONNECT example.org:443 HTTP/1.1\r\nHost : x\r\n\r\n",
        "CONNECT example.org:443 HTTP/1.1\r\n",
        "GET https://example.org/ HTTP/1.1\r\n\r\n",
        "GET /etc/passwd HTTP/1.1\r\n\r\n",
        "GET http://user:pw@example.org/ HTTP/1.1\r\n\r\n",
        "\u0016\u0003\u0001 tls\r\n\r\n"
      })
  void malformedRequestsAreRefused(String request) throws IOException {
    assertThat(ask(List.of(host("*")), true, request)).startsWith("HTTP/1.1 400 Bad Request\r\n");
  }

  /** Says yes, and then sends back what it gets, its own request included. */
  private static ServeConnections otherProxy(String answer) throws IOException {
    return ServeConnections.onLoopback(channel -> {
      ByteBuffer bytes = ByteBuffer.allocate(10_000);
      while (!new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1)
          .contains("\r\n\r\n")) {
        channel.read(bytes);
      }
      channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1)));
      while (channel.read(bytes) >= 0) {}
      bytes.flip();
      channel.write(bytes);
    });
  }

  private static UpstreamProxy through(ServeConnections other) {
    return UpstreamProxy.of(
        Map.of("HTTPS_PROXY", "http://me:p%40ss@127.0.0.1:" + other.port(), "NO_PROXY", "x.org"));
  }

  @Test
  void aTunnelGoesOnThroughTheProxyOfTheNetwork() throws IOException {
    try (ServeConnections other = otherProxy("HTTP/1.1 200 Fine\r\nVia: x\r\n\r\n")) {
      // nobody here knows the name: that is the other proxy's affair
      String heard =
          ask(
              List.of(host("api.example.invalid")),
              false,
              through(other),
              "CONNECT api.example.invalid:443 HTTP/1.1\r\n\r\nhello");
      assertThat(heard)
          .isEqualTo(
              "HTTP/1.1 200 OK\r\n\r\nCONNECT api.example.invalid:443 HTTP/1.1\r\n"
                  + "Host: api.example.invalid:443\r\nProxy-Authorization: Basic bWU6cEBzcw==\r\n\r\nhello");
      assertThat(
              ask(
                  List.of(host("api.example.invalid")),
                  false,
                  through(other),
                  "CONNECT other.invalid:443 HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 403 ");
    }
  }

  @Test
  void aProxyOfTheNetworkThatRefusesIsNamed() throws IOException {
    try (ServeConnections other = otherProxy("HTTP/1.1 407 Who\r\n\r\n")) {
      assertThat(
              ask(
                  List.of(host("*")),
                  false,
                  through(other),
                  "CONNECT api.example.invalid:443 HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 502 ")
          .contains(
              "the proxy 127.0.0.1:%d refuses to connect to api.example.invalid:443 (HTTP 407)"
                  .formatted(other.port()))
          .doesNotContain("p@ss");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "api.example.org, 443, true",
    "example.org, 443, true",
    "xexample.org, 443, false",
    "corp, 443, false",
    "a.corp, 8443, true",
    "a.corp, 443, false",
    "127.0.0.9, 443, true",
    "localhost, 443, true",
    "10.0.0.1, 443, false"
  })
  void someHostsAreReachedDirectly(String host, int port, boolean direct) {
    UpstreamProxy proxy =
        UpstreamProxy.of(
            Map.of("https_proxy", "proxy.corp:3128", "NO_PROXY", ".example.org, a.corp:8443"));
    assertThat(proxy.before("https", host, port).isEmpty()).isEqualTo(direct);
    assertThat(proxy.before("http", host, port)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://p:1", "https://p:1", "http://p:0", "http://p:1/x", "a b"})
  void aProxyThatCannotBeUsedIsASettingsErrorWithoutItsValue(String value) {
    assertThatThrownBy(() -> UpstreamProxy.of(Map.of("HTTPS_PROXY", value)))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("HTTPS_PROXY: expected http://host:port")
        .hasMessageNotContaining(value);
  }

  @Test
  void aHeaderWithoutEndIsCutOff() throws IOException {
    assertThatThrownBy(
            () -> {
              String answer =
                  ask(
                      List.of(host("*")),
                      true,
                      "GET http://e.org/ HTTP/1.1\r\nX: " + "x".repeat(99_000));
              assertThat(answer).startsWith("HTTP/1.1 400");
              throw new IOException("answered");
            })
        // the answer, or a reset because the rest was never read
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "https://example.org", "exa mple", "a:0", "a:70000", "*.*.org", "a/b"})
  void aHostThatCannotBeReadIsASettingsError(String text) {
    assertThatThrownBy(() -> AllowedHost.parse(text))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("is no host");
  }
}
