package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.http.Role;
import dev.winnow.http.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the server may stand, and what it says to connections that are none. */
@Timeout(60)
class ServerExposureTest {

  /** http-25. */
  @Test
  void itDoesNotStartWhereOthersReachItUntilTheyMustLogIn() throws Exception {
    try (TestCommandLine winnow = TestCommandLine.withSharedServer()) {
      TestCommandLine.Result open = winnow.run("serve", "--host", "0.0.0.0", "--port", "0");
      assertThat(open.exitCode()).isEqualTo(2);
      assertThat(open.err()).contains("0.0.0.0 can be reached by others", "server.tls");
      assertThat(open.err().lines()).hasSize(1);
      Path config = winnow.data().resolveSibling(".config/winnow");
      Files.createDirectories(config);
      Files.writeString(
          config.resolve("winnow.yaml"),
          "server:\n  tls: {certificate: /nonexistent/a.pem, key: /nonexistent/b.pem}\n");
      TestCommandLine.Result nobody = winnow.run("serve", "--host", "0.0.0.0", "--port", "0");
      assertThat(nobody.exitCode()).isEqualTo(2);
      assertThat(nobody.err()).contains("winnow users add");
      assertThat(winnow.run("users", "add", "anna").exitCode()).isZero();
      TestCommandLine.Result nameless = winnow.run("serve", "--host", "0.0.0.0", "--port", "0");
      assertThat(nameless.err()).contains("server.hosts");
      TestCommandLine.Result files = winnow.run("serve", "--host", "127.0.0.1", "--port", "0");
      assertThat(files.exitCode()).isEqualTo(2);
      assertThat(files.err()).contains("PEM");
    }
  }

  @Test
  void tokensAndUsersAreMadeOnTheCommandLine() throws Exception {
    try (TestCommandLine winnow = TestCommandLine.withSharedServer()) {
      assertThat(winnow.run("tokens", "create", "--user", "nobody").exitCode()).isEqualTo(2);
      assertThat(winnow.run("users", "add", "anna", "--role", "boss").exitCode()).isEqualTo(2);
      assertThat(winnow.run("users", "add", "a b").exitCode()).isEqualTo(2);
      assertThat(winnow.run("users", "add", "anna").exitCode()).isZero();
      TestCommandLine.Result token =
          winnow.run("tokens", "create", "--user", "anna", "--label", "ci");
      assertThat(token.out().strip()).matches("wnw_[A-Za-z0-9_-]{43}");
      JsonNode other = winnow.run("tokens", "create", "--user", "anna", "--json").last();
      assertThat(other.path("token").asText()).matches("wnw_[A-Za-z0-9_-]{43}");
      assertThat(winnow.run("tokens", "revoke", other.path("id").asText(), "--json").last())
          .hasToString(
              "{\"id\":%s,\"revoked\":true,\"type\":\"result\"}".formatted(other.path("id")));
      TestCommandLine.Result list = winnow.run("tokens", "list", "--json");
      assertThat(list.out()).contains("\"label\":\"ci\"").doesNotContain(token.out().strip());
      String id = list.last().path("id").asText();
      assertThat(winnow.run("tokens", "revoke", id).exitCode()).isZero();
      assertThat(winnow.run("tokens", "list").out()).contains("revoked");
      assertThat(winnow.run("users", "login", "anna", "--url", "https://w.example").out())
          .startsWith("https://w.example/#t=wnw_");
      assertThat(winnow.run("users", "login", "anna", "--json").last().path("login").asText())
          .startsWith("http://127.0.0.1:8080/#t=wnw_");
      assertThat(winnow.run("users", "disable", "anna", "--json").last().path("name").asText())
          .isEqualTo("anna");
      assertThat(winnow.run("users").out()).contains("anna", "disabled");
      assertThat(winnow.run("users", "login", "anna").exitCode()).isEqualTo(2);
    }
  }

  @Test
  void itServesWithACertificate() throws Exception {
    Path directory = Files.createTempDirectory("winnow-tls-");
    ServerOptions.Tls tls = selfSigned(directory);
    try (TestServer server =
        TestServer.start(
            false,
            o ->
                new ServerOptions(
                    o.host(),
                    o.port(),
                    Set.of(),
                    Set.of(),
                    Optional.of(tls),
                    List.of(),
                    List.of(),
                    o.limits()))) {
      assertThat(server.server().url()).startsWith("https://");
      assertThat(AskHealth.isHealthy(URI.create("https://127.0.0.1:" + server.port() + "/healthz")))
          .isTrue();
      assertThat(AskHealth.isHealthy(URI.create("http://127.0.0.1:" + server.port() + "/healthz")))
          .isFalse();
    } finally {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  private static ServerOptions.Tls selfSigned(Path directory) throws Exception {
    Path store = directory.resolve("store.p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    int exit =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "x",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assertThat(exit).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    Path certificate = directory.resolve("chain.pem");
    Path key = directory.resolve("key.pem");
    Files.writeString(certificate, pem("CERTIFICATE", keys.getCertificate("x").getEncoded()));
    Files.writeString(
        key, pem("PRIVATE KEY", keys.getKey("x", "changeit".toCharArray()).getEncoded()));
    return new ServerOptions.Tls(certificate, key);
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(content), what);
  }

  static Stream<Arguments> frames() {
    return Stream.of(
        Arguments.of("unmasked", 1002, new int[] {0x81, 0x02, 'h', 'i'}),
        Arguments.of("RSV bits", 1002, new int[] {0xf1, 0x82, 0, 0, 0, 0, 'h', 'i'}),
        Arguments.of("invalid UTF-8", 1007, new int[] {0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28}),
        Arguments.of("long control frame", 1002, new int[] {0x89, 0xfe, 0, 126, 0, 0, 0, 0}),
        Arguments.of("fragmented ping", 1002, new int[] {0x09, 0x80, 0, 0, 0, 0}),
        Arguments.of("binary", 1003, new int[] {0x82, 0x81, 0, 0, 0, 0, 1}));
  }

  private static @Nullable TestServer shared;

  private static TestServer shared() throws Exception {
    TestServer known = shared;
    if (known == null) {
      known = TestServer.start(false, o -> o);
      shared = known;
    }
    return known;
  }

  @AfterAll
  static void stop() throws IOException {
    if (shared != null) {
      shared.close();
    }
  }

  /** ws-09. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("frames")
  void framesThatAreNoneEndTheConnection(String what, int code, int[] frame) throws Exception {
    TestServer server = shared();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          String.join(
                  "\r\n",
                  "GET /api/v1/ws/agent HTTP/1.1",
                  "Host: 127.0.0.1:" + server.port(),
                  "Authorization: " + server.bearer("root-admin", Role.ADMIN),
                  "Connection: Upgrade",
                  "Upgrade: websocket",
                  "Sec-WebSocket-Version: 13",
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                  "",
                  "")
              .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(head(in)).startsWith("HTTP/1.1 101");
      byte[] bytes = new byte[frame.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) frame[i];
      }
      out.write(bytes);
      out.write(new byte[126]); // the payload that one of them announces
      out.flush();
      int first = in.read();
      assertThat(first).as(what).isEqualTo(0x88);
      int length = in.read();
      assertThat(length).isGreaterThanOrEqualTo(2);
      assertThat((in.read() << 8) | in.read()).as(what).isEqualTo(code);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        break;
      }
      head.append((char) c);
    }
    return head.toString();
  }
}
