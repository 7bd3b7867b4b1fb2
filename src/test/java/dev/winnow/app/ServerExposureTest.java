package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.http.Accounts;
import dev.winnow.http.Role;
import dev.winnow.http.ServerOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
      assertThat(winnow.run("users").err()).contains("No users yet");
      assertThat(winnow.run("tokens", "list").err()).contains("No tokens yet");
      assertThat(winnow.run("tokens", "list", "--json").err()).isEmpty();
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
      assertThat(winnow.run("users").err()).contains("No users yet");
      assertThat(winnow.run("tokens", "list").err()).contains("No tokens yet");
      assertThat(winnow.run("tokens", "list", "--json").err()).isEmpty();
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
      assertThat(winnow.run("tokens", "revoke", "x").err())
          .contains("There is no token of this id");
      assertThat(winnow.run("tokens", "revoke", id).exitCode()).isZero();
      assertThat(winnow.run("tokens", "list").out()).contains("revoked");
      assertThat(winnow.run("users", "login", "anna", "--url", "https://w.example").out())
          .startsWith("https://w.example/#t=wnw_");
      assertThat(winnow.run("users", "login", "anna", "--json").last().path("login").asText())
          .startsWith("http://127.0.0.1:8080/#t=wnw_");
      assertThat(winnow.run("users", "disable", "anna", "--json").last().path("name").asText())
          .isEqualTo("anna");
      assertThat(winnow.run("users", "list").out())
          .contains("anna", "disabled")
          .isEqualTo(winnow.run("users").out());
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
    try (RawSocket socket = new RawSocket(server, admin(), 65_536)) {
      byte[] bytes = new byte[frame.length + 126]; // with the payload that one of them announces
      for (int i = 0; i < frame.length; i++) {
        bytes[i] = (byte) frame[i];
      }
      assertThat(socket.isExtended()).isFalse();
      socket.write(bytes);
      RawSocket.Frame answer = socket.next();
      assertThat(answer.closes()).as(what).isTrue();
      assertThat(answer.closeCode()).as(what).isEqualTo(code);
    }
  }

  private static String admin() throws Exception {
    return shared().bearer("root-admin", Role.ADMIN);
  }

  /** ws-11: no handler sees pings, and they are answered all the same. */
  @Test
  void aFloodOfPingsEndsTheConnectionAndOthersAreServed() throws Exception {
    try (RawSocket socket = new RawSocket(shared(), admin(), 65_536)) {
      byte[] pings = new byte[6 * 2_000];
      for (int i = 0; i < pings.length; i += 6) {
        pings[i] = (byte) 0x89;
        pings[i + 1] = (byte) 0x80;
      }
      socket.write(pings);
      assertThat(shared().get(admin(), "/api/v1/me").statusCode()).isEqualTo(200);
      assertThatThrownBy(
              () -> {
                while (!socket.next().closes()) {
                  // the answers until it was noticed
                }
              })
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void whatIsLargeIsCompressedForClientsThatSaySo() throws Exception {
    TestServer server = shared();
    HttpResponse<String> plain = server.send("GET", "/openapi.json", null);
    assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
    HttpResponse<byte[]> small =
        TestServer.CLIENT.send(
            server.request("GET", "/openapi.json", null, "Accept-Encoding", "gzip"),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(small.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(small.body().length).isLessThan(plain.body().length() / 4);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(small.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain.body());
    }
  }

  /** http-13, http-15: nothing but JSON is ever parsed, and no name of a file is taken. */
  @Test
  void yamlAndUploadsAreNotRead() throws Exception {
    TestServer server = shared();
    String anna = server.bearer("anna", Role.RUNNER);
    String laughs = "a: &a [x,x]\nb: &b [*a,*a]\nc: !!javax.script.ScriptEngineManager []\n";
    for (String type :
        List.of("application/yaml", "text/yaml", "multipart/form-data; boundary=x")) {
      HttpResponse<String> answer =
          server.send("POST", "/api/v1/specs", laughs, "Authorization", anna, "Content-Type", type);
      assertThat(answer.statusCode()).as(type).isEqualTo(415);
    }
    String upload =
        "--x\r\nContent-Disposition: form-data; name=f; filename=\"../../x.jsp\"\r\n\r\n1\r\n--x--";
    for (String body : List.of(laughs, upload)) {
      assertThat(server.post(anna, "/api/v1/specs", body).statusCode()).isEqualTo(400);
    }
  }

  private static HttpResponse<String> post(String who, String key, String path, String body)
      throws Exception {
    return shared()
        .send(
            "POST",
            path,
            body,
            "Authorization",
            who,
            "Content-Type",
            "application/json",
            "Idempotency-Key",
            key);
  }

  private static JsonNode accepted(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return TestServer.json(answer);
  }

  @Test
  void aRequestThatIsSentTwiceStartsAndResumesOnce() throws Exception {
    String runs = "/api/v1/tdd-runs";
    String admin = admin();
    shared().script("once.json", "{\"answer\":[{\"say\":\"four\"}]}");
    String ask = "{\"kind\":\"answer\",\"task\":\"%s\",\"agents\":[\"scripted:once.json\"]}";
    String run = accepted(post(admin, "k1", runs, ask.formatted("once"))).path("id").asText();
    assertThat(accepted(post(admin, "k1", runs, ask.formatted("once"))).path("id").asText())
        .isEqualTo(run);
    HttpResponse<String> other = post(admin, "k1", runs, ask.formatted("twice"));
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(other.body()).contains("idempotency-key-reused");
    String own = shared().bearer("other-admin", Role.ADMIN);
    assertThat(accepted(post(own, "k1", runs, ask.formatted("once"))).path("id").asText())
        .as("keys are each user's own")
        .isNotEqualTo(run);

    String at = runs + "/" + run;
    assertThat(TestServer.json(shared().post(admin, at + "/cancel", "{}")).path("status").asText())
        .isEqualTo("cancelled");
    assertThat(accepted(post(admin, "k2", at + "/resume", "{}")).path("status").asText())
        .isEqualTo("queued");
    assertThat(accepted(post(admin, "k2", at + "/resume", "{}")).path("status").asText())
        .as("sent again before it is over")
        .isEqualTo("queued");
    assertThat(shared().post(admin, at + "/cancel", "{}").statusCode()).isEqualTo(200);
    assertThat(accepted(post(admin, "k2", at + "/resume", "{}")).path("status").asText())
        .as("a late repetition does not take it up again")
        .isEqualTo("cancelled");
    assertThat(accepted(post(admin, "k3", at + "/resume", "{}")).path("status").asText())
        .isEqualTo("queued");
    assertThat(shared().post(admin, at + "/cancel", "{}").statusCode()).isEqualTo(200);
  }

  @Test
  void aRunStartsFromTheNextTaskOfATrack() throws Exception {
    Path project = shared().winnow().newDirectory();
    Path track = project.resolve("conductor/tracks/greet_20260101");
    Files.createDirectories(track);
    Files.writeString(
        project.resolve("conductor/tracks.md"),
        "- [ ] **Track: Greet**\n*Link: [./tracks/greet_20260101/](./tracks/greet_20260101/)*\n");
    Files.writeString(
        track.resolve("plan.md"), "- [x] Task: a bell\n- [ ] Task: print a greeting\n");
    InitRepository.in(project, "A track");
    shared().script("once.json", "{\"answer\":[{\"say\":\"four\"}]}");
    String asked =
        "{\"%s\":\"%s\",\"repository\":\"%s\",\"agents\":[\"scripted:once.json\"],\"testCommand\":\"true\"}";
    String path = "/api/v1/tdd-runs";
    JsonNode run =
        accepted(shared().post(admin(), path, asked.formatted("track", "greet", project)));
    assertThat(run.path("task").asText()).contains("print a greeting");
    assertThat(shared().post(admin(), path + "/" + run.path("id").asText() + "/cancel", "{}"))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(200);
    for (String wrong : List.of("track\":\"none", "task\":\"x\",\"track\":\"greet")) {
      HttpResponse<String> refused =
          shared()
              .post(
                  admin(),
                  path,
                  "{\"%s\",\"repository\":\"%s\",\"agents\":[\"scripted:once.json\"]}"
                      .formatted(wrong, project));
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
      assertThat(TestServer.json(refused).path("field").asText()).isEqualTo("track");
    }
  }

  /** The method that is checked is the one that is done. */
  @Test
  void aMethodCannotBeOverridden() throws Exception {
    shared().accounts().put("gina", Role.VIEWER);
    HttpResponse<String> answer =
        shared()
            .send(
                "GET",
                "/api/v1/users/gina",
                null,
                "Authorization",
                admin(),
                "X-HTTP-Method-Override",
                "DELETE");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(shared().accounts().all())
        .anyMatch(account -> account.name().equals("gina") && !account.disabled());
  }

  /** What no route ever sees. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "X: \u0001",
        "Host: other.example",
      })
  void whatIsNoRequestIsRefusedLikeEverythingElse(String headers) throws Exception {
    String host = "127.0.0.1:" + shared().port();
    assertThat(
            shared()
                .raw(
                    "POST http://%s/api/v1/tdd-runs HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n"
                        .formatted(host, host, headers)))
        .startsWith("HTTP/1.1 400")
        .contains("application/problem+json", "urn:winnow:problem:malformed", "nosniff")
        .doesNotContainIgnoringCase("<html", "jetty");
    assertThat(
            shared()
                .raw(
                    "GET / HTTP/1.1\r\nHost: %s\r\nX: %s\r\n\r\n"
                        .formatted(host, "x".repeat(17_000))))
        .startsWith("HTTP/1.1 431")
        .contains("urn:winnow:problem:too-large");
  }

  /** A process of its own: what it says on stderr, and how it goes. */
  @Test
  void aServerThatIsToldToStopGivesItsRunBackAndItsLogHasNoSecretAndOneWarning() throws Exception {
    try (TestCommandLine winnow = TestCommandLine.withSharedServer()) {
      Accounts accounts = new Accounts(winnow.database());
      accounts.put("anna", Role.ADMIN);
      String token = accounts.token("anna", Role.ADMIN, "", Duration.ofDays(1)).secret();
      Path script = winnow.newDirectory().resolve("slow.json");
      Files.writeString(script, "{\"answer\":[{\"say\":\"four\"}],\"latencyMs\":100000}");
      Path log = winnow.newDirectory().resolve("log");
      // nobody listens there, and each span but one is too many
      Map<String, String> backEnd =
          Map.of(
              "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1", "OTEL_BSP_MAX_QUEUE_SIZE", "1");
      try (ChildWinnow serve =
          ChildWinnow.startWithErrorsTo(log, winnow, backEnd, "serve", "--port", "0", "--json")) {
        int port =
            serve.await(line -> line.path("type").asText().equals("serving")).path("port").asInt();
        HttpResponse<String> started =
            request(
                port,
                token,
                "POST",
                "/api/v1/tdd-runs",
                "{\"kind\":\"answer\",\"task\":\"x\",\"agents\":[\"scripted:" + script + "\"]}");
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        String run = Json.read(started.body(), JsonNode.class).path("id").asText();
        while (winnow
            .run("runs", "list", "--json")
            .last()
            .path("outcome")
            .asText()
            .equals("queued")) {
          Thread.onSpinWait();
        }
        assertThat(request(port, token, "GET", "/api/v1/me?key=" + token, null).statusCode())
            .isEqualTo(400);
        serve.terminate();
        assertThat(serve.finish()).isIn(0, 143);
        JsonNode after = winnow.run("runs", "list", "--json").last();
        assertThat(after.path("run").asText()).isEqualTo(run);
        assertThat(after.path("outcome").asText()).isEqualTo("queued");
      }
      assertThat(Files.readString(log))
          .contains("anna POST /api/v1/tdd-runs 202", "anna GET /api/v1/me 400")
          .doesNotContain(token.substring(4), "key=")
          .containsOnlyOnce("otlp does not take what it is sent");
    }
  }

  private static HttpResponse<String> request(
      int port, String token, String method, String path, @Nullable String body) throws Exception {
    return TestServer.CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
