package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.http.AuditLog;
import dev.winnow.http.Role;
import dev.winnow.http.ServerOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients must not get through; the ids are those of the attack corpus. */
@Timeout(60)
class ServerGuardTest {

  private static TestServer server;
  private static String admin;
  private static String anna;
  private static String berta;

  @BeforeAll
  static void start() throws Exception {
    server =
        TestServer.start(
            false,
            options -> options.limitedTo(new ServerOptions.Limits(100_000, 20, 20, 64 * 1024, 2)));
    admin = server.bearer("root-admin", Role.ADMIN);
    anna = server.bearer("anna", Role.RUNNER);
    berta = server.bearer("berta", Role.RUNNER);
    server.script("a.json", "{\"answer\":[{\"say\":\"four\"}]}");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static String request(String head, String... headers) {
    return head + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
  }

  private static String own() {
    return "Host: 127.0.0.1:" + server.port();
  }

  @ParameterizedTest(name = "http-01: {0}")
  @ValueSource(strings = {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "0.0.0.0"})
  void aHostThatIsNotOnTheListIsRefused(String host) throws IOException {
    assertThat(server.raw(request("GET / ", "Host: " + host))).startsWith("HTTP/1.1 421");
    assertThat(server.raw(request("GET /api/v1/me", "Host: " + host, "Authorization: " + admin)))
        .startsWith("HTTP/1.1 421");
  }

  @Test
  void twoHostsOrNoneAreRefused() throws IOException {
    assertThat(server.raw(request("GET /", own(), "Host: evil.example")))
        .containsPattern("^HTTP/1.1 4(00|21)");
    assertThat(server.raw(request("GET /", "Accept: */*"))).containsPattern("^HTTP/1.1 4(00|21)");
  }

  @ParameterizedTest(name = "http-03: {0}")
  @ValueSource(
      strings = {
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void aChangeFromAnotherSiteIsRefused(String header) throws Exception {
    String cookie = cookie();
    String body = "{\"kind\":\"answer\",\"task\":\"x\"}";
    String answer =
        server.raw(
            request(
                    "POST /api/v1/tdd-runs",
                    own(),
                    header,
                    "Cookie: " + cookie,
                    "Content-Type: application/json",
                    "Content-Length: " + body.length())
                + body);
    assertThat(answer).startsWith("HTTP/1.1 403");
  }

  @Test
  void aCookieWithoutAnOriginChangesNothing() throws Exception {
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/api/v1/tdd-runs",
            "{}",
            "Cookie",
            cookie(),
            "Content-Type",
            "application/json");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
  }

  @ParameterizedTest(name = "http-05: {0}")
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json, text/plain",
        "application/yaml"
      })
  void onlyJsonIsRead(String type) throws Exception {
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/api/v1/tdd-runs",
            "{\"task\":\"x\"}",
            "Authorization",
            anna,
            "Content-Type",
            type);
    assertThat(answer.statusCode()).isEqualTo(415);
  }

  /** http-07. */
  @Test
  void aTokenInTheAddressIsNoToken() throws Exception {
    String secret = anna.substring("Bearer ".length());
    for (String name : List.of("token", "access_token", "t")) {
      assertThat(server.send("GET", "/api/v1/tdd-runs?" + name + "=" + secret, null).statusCode())
          .isEqualTo(401);
    }
  }

  /** http-09. */
  @Test
  void whatIsSomebodyElsesDoesNotExist() throws Exception {
    UUID run = server.ask(admin, "two and two?", "scripted:a.json", false);
    UUID nowhere = UUID.randomUUID();
    for (String path :
        List.of(
            "",
            "/candidates",
            "/candidates/c1/diff",
            "/matrix",
            "/matrix/base/c1",
            "/decision",
            "/checkpoints",
            "/ledger",
            "/events",
            "/log")) {
      HttpResponse<String> theirs = server.get(anna, "/api/v1/tdd-runs/" + run + path);
      HttpResponse<String> none = server.get(anna, "/api/v1/tdd-runs/" + nowhere + path);
      assertThat(theirs.statusCode()).as(path).isEqualTo(404);
      assertThat(theirs.body()).isEqualTo(none.body());
    }
    for (String action : List.of("cancel", "approve", "reject", "resume")) {
      assertThat(server.post(anna, "/api/v1/tdd-runs/" + run + "/" + action, "{}").statusCode())
          .as(action)
          .isEqualTo(404);
    }
    assertThat(server.post(anna, "/api/v1/checkpoints/" + run + ".1/fork", "{}").statusCode())
        .isEqualTo(404);
    assertThat(server.get(anna, "/api/v1/tdd-runs").body()).doesNotContain(run.toString());
    assertThat(server.get(admin, "/api/v1/tdd-runs").body()).contains(run.toString());
  }

  /** http-11. */
  @Test
  void tooMuchAndTooSlowIsRefusedAndOthersAreServed() throws Exception {
    String large = "{\"task\":\"" + "x".repeat(300_000) + "\"}";
    assertThat(server.post(anna, "/api/v1/tdd-runs", large).statusCode()).isEqualTo(413);
    String chunks =
        request(
                "POST /api/v1/tdd-runs",
                own(),
                "Authorization: " + anna,
                "Content-Type: application/json",
                "Transfer-Encoding: chunked")
            + "8000\r\n"
            + "y".repeat(0x8000)
            + "\r\n8001\r\n"
            + "y".repeat(0x8001)
            + "\r\n";
    assertThat(server.raw(chunks)).startsWith("HTTP/1.1 413").contains("KiB are allowed");
    assertThat(server.raw(chunks.replaceFirst("8000", "no"))).startsWith("HTTP/1.1 400");
    StringBuilder headers = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      headers.append("X-H").append(i).append(": 1\r\n");
    }
    assertThat(server.raw("GET /healthz HTTP/1.1\r\n" + own() + "\r\n" + headers + "\r\n"))
        .startsWith("HTTP/1.1 431");
    // begun and never ended: the connection is ended, while others are answered
    String slow =
        request(
            "POST /api/v1/tdd-runs",
            own(),
            "Authorization: " + anna,
            "Content-Type: application/json",
            "Content-Length: 100");
    Thread other =
        Thread.ofVirtual()
            .start(() -> {
              try {
                assertThat(server.raw(slow)).startsWith("HTTP/1.1 408");
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    // Slowloris: a head that is begun and never ended
    Thread head =
        Thread.ofVirtual().start(() -> assertThat(ended("GET / HTTP/1.1\r\nHo")).isEmpty());
    assertThat(server.get(anna, "/api/v1/me").statusCode()).isEqualTo(200);
    other.join();
    head.join();
  }

  private static String ended(String begun) {
    try {
      return server.raw(begun);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** sec-05, sec-07: keys and addresses of models are the operator's, and nobody is told them. */
  @Test
  void agentsAreNeitherChangedNorTheirKeysShown() throws Exception {
    String evil = "{\"agents\":[\"openai@http://evil\"],\"task\":\"x\",\"kind\":\"answer\"}";
    assertThat(server.post(anna, "/api/v1/tdd-runs", evil).statusCode()).isEqualTo(422);
    String field = "{\"task\":\"x\",\"kind\":\"answer\",\"base-url\":\"http://evil\"}";
    assertThat(server.post(anna, "/api/v1/tdd-runs", field).statusCode()).isEqualTo(400);
    for (String path : List.of("/api/v1/agents", "/api/v1/settings")) {
      assertThat(server.post(admin, path, "{\"base-url\":\"http://evil\"}").statusCode())
          .isBetween(404, 405);
    }
    String shown =
        server.get(admin, "/api/v1/agents").body() + server.get(admin, "/api/v1/settings").body();
    assertThat(shown).contains("items").doesNotContainPattern("sk-[A-Za-z0-9]");
    assertThat(server.get(anna, "/api/v1/settings").statusCode()).isEqualTo(403);
  }

  /** http-17. */
  @Test
  void controlCharactersOfATaskAreNotKept() throws Exception {
    UUID run =
        server.ask(admin, "a\u001b[31mb\r\nX-Evil: 1\u0000c\u0007", "scripted:a.json", false);
    JsonNode task = TestServer.json(server.get(admin, "/api/v1/tdd-runs/" + run)).path("task");
    assertThat(task.asText()).isEqualTo("a[31mb\nX-Evil: 1c");
  }

  @ParameterizedTest(name = "http-19: {0}")
  @ValueSource(
      strings = {
        "/actuator/env",
        "/metrics",
        "/debug",
        "/api/v1/settings",
        "/api/v1/users",
        "/.env",
        "/web/",
        "/../pom.xml",
        "/%2e%2e/pom.xml",
        "/WEB-INF/web.xml",
        "/db/migration/V6__server.sql"
      })
  void nothingIsToldToStrangers(String path) throws Exception {
    String answer = server.raw(request("GET " + path, own()));
    assertThat(answer).containsPattern("^HTTP/1.1 (40[014]|200)");
    if (answer.startsWith("HTTP/1.1 200")) {
      assertThat(answer).contains("<title>Winnow"); // the page, which has nothing of anybody
    }
  }

  @Test
  void whatAnybodyMaySeeIsAlsoShownToAnExpiredToken() throws Exception {
    for (String path : List.of("/healthz", "/readyz", "/openapi.json")) {
      assertThat(server.get("Bearer wnw_expired", path).statusCode()).isEqualTo(200);
    }
  }

  /** http-21. */
  @Test
  void whatAClientSaysAboutItsAddressIsBelievedOfAProxyOnly() throws Exception {
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/api/v1/login",
            "{\"token\":\"%s\"}".formatted(link()),
            "Content-Type",
            "application/json",
            "X-Forwarded-For",
            "9.9.9.9",
            "X-Forwarded-Proto",
            "https",
            "X-Forwarded-Host",
            "evil.example");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("Set-Cookie").orElse(""))
        .contains("HttpOnly", "SameSite=Strict")
        .doesNotContain("Secure");
    assertThat(auditTargets()).contains("127.0.0.1").doesNotContain("9.9.9.9");
  }

  @ParameterizedTest(name = "http-23: {0}")
  @ValueSource(
      strings = {
        "sort=id;drop%20table%20run",
        "status=%27%20OR%201=1--",
        "cursor=1/**/union",
        "limit=1%27",
        "limit=0",
        "limit=100000"
      })
  void parametersAreNotSql(String query) throws Exception {
    assertThat(server.get(anna, "/api/v1/tdd-runs?" + query).statusCode()).isEqualTo(400);
  }

  @Test
  void jsonThatIsNoneIsRefusedWithItsFieldAndWithoutTheParsersWords() throws Exception {
    String deep = "[".repeat(10_000);
    for (String body :
        List.of("", "[]", "null", "{", "{\"task\":1,\"task\":2}", deep, "{\"task\":\"\u0000\"}")) {
      HttpResponse<String> answer = server.post(anna, "/api/v1/tdd-runs", body);
      assertThat(answer.statusCode()).as(body).isBetween(400, 422);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
      assertThat(answer.body()).doesNotContain("jackson", "java.", "Exception");
    }
    JsonNode unknown = TestServer.json(server.post(anna, "/api/v1/tdd-runs", "{\"taks\":\"x\"}"));
    assertThat(unknown.path("field").asText()).isEqualTo("taks");
    JsonNode nested =
        TestServer.json(
            server.post(anna, "/api/v1/tdd-runs", "{\"budget\":{\"costMicros\":\"a\"}}"));
    assertThat(nested.path("field").asText()).isEqualTo("budget.costMicros");
  }

  @Test
  void whoIsNoAdminNamesOnlyDeclaredAgentsAndAllowedRepositories() throws Exception {
    HttpResponse<String> agent =
        server.post(
            anna,
            "/api/v1/tdd-runs",
            "{\"kind\":\"answer\",\"task\":\"x\",\"agents\":[\"scripted:a.json\"]}");
    assertThat(agent.statusCode()).isEqualTo(422);
    assertThat(TestServer.json(agent).path("field").asText()).isEqualTo("agents");
    HttpResponse<String> repository =
        server.post(anna, "/api/v1/tdd-runs", "{\"task\":\"x\",\"repository\":\"/etc\"}");
    assertThat(TestServer.json(repository).path("field").asText()).isEqualTo("repository");
    HttpResponse<String> missing =
        server.post(anna, "/api/v1/tdd-runs", "{\"task\":\"x\",\"repository\":\"/nonexistent\"}");
    assertThat(repository.body()).isEqualTo(missing.body());
  }

  @Test
  void aTokenDoesNoMoreThanItsRoleAndNothingAfterItWasRevoked() throws Exception {
    String viewer = server.bearer("carla", Role.VIEWER);
    assertThat(server.post(viewer, "/api/v1/tdd-runs", "{}").statusCode()).isEqualTo(403);
    assertThat(server.get(viewer, "/api/v1/settings").statusCode()).isEqualTo(403);
    assertThat(server.post(berta, "/api/v1/tokens", "{\"role\":\"admin\"}").statusCode())
        .isEqualTo(403);
    HttpResponse<String> made = server.post(berta, "/api/v1/tokens", "{\"label\":\"ci\"}");
    String token = "Bearer " + TestServer.json(made).path("token").asText();
    String id = TestServer.json(made).path("id").asText();
    assertThat(server.get(token, "/api/v1/me").statusCode()).isEqualTo(200);
    assertThat(server.get(anna, "/api/v1/tokens").body()).doesNotContain(id);
    assertThat(
            server.send("DELETE", "/api/v1/tokens/" + id, null, "Authorization", anna).statusCode())
        .isEqualTo(404);
    assertThat(
            server
                .send("DELETE", "/api/v1/tokens/" + id, null, "Authorization", berta)
                .statusCode())
        .isEqualTo(204);
    assertThat(server.get(token, "/api/v1/me").statusCode()).isEqualTo(401);
    revokedElsewhere();
    assertThat(server.database().query("select hash, hint from credential", r -> r.text("hint")))
        .allMatch(hint -> hint.length() == 4);
  }

  /** By another process: the database tells this one. */
  private static void revokedElsewhere() throws Exception {
    var made = server.accounts().token("berta", Role.RUNNER, "", java.time.Duration.ofDays(1));
    String token = "Bearer " + made.secret();
    int status = server.get(token, "/api/v1/me").statusCode();
    assertThat(status).isEqualTo(200);
    assertThat(server.accounts().end(made.id(), java.util.Optional.empty())).isTrue();
    while (status == 200) {
      status = server.get(token, "/api/v1/me").statusCode();
    }
    assertThat(status).isEqualTo(401);
  }

  /** ws-05: Winnow has no tickets; its one-time secret is the link's. */
  @Test
  void aLinkLogsInOnceAndNotWhenItIsOld() throws Exception {
    String link = link();
    String body = "{\"token\":\"%s\"}".formatted(link);
    assertThat(
            server
                .send("POST", "/api/v1/login", body, "Content-Type", "application/json")
                .statusCode())
        .isEqualTo(204);
    assertThat(
            server
                .send("POST", "/api/v1/login", body, "Content-Type", "application/json")
                .statusCode())
        .isEqualTo(401);
    String old = "{\"token\":\"%s\"}".formatted(link());
    server
        .database()
        .update("update credential set expires_at = clock_timestamp() where kind = 'login'");
    assertThat(
            server
                .send("POST", "/api/v1/login", old, "Content-Type", "application/json")
                .statusCode())
        .isEqualTo(401);
    // and a WebSocket takes neither a link nor a ticket
    assertThat(
            server.raw(
                request(
                    "GET /api/v1/ws/agent?ticket=" + link(),
                    own(),
                    "Origin: " + server.origin(),
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")))
        .startsWith("HTTP/1.1 401");
  }

  @Test
  void everyAnswerHasTheHeadersAndNothingElseIsTold() throws Exception {
    for (String path : List.of("/", "/healthz", "/api/v1/me", "/nothing.js")) {
      HttpResponse<String> answer = server.send("GET", path, null);
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
          .contains("default-src 'none'", "frame-ancestors 'none'");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(answer.headers().map()).doesNotContainKeys("server", "x-powered-by");
    }
  }

  @Test
  void theAuditLogTellsWhoDidWhatAndCannotBeChanged() throws Exception {
    server.post(berta, "/api/v1/tokens", "{\"label\":\"audited\"}");
    List<String> lines =
        server
            .database()
            .query(
                "select who, what, outcome from audit",
                row -> row.text("who") + " " + row.text("what") + " " + row.text("outcome"));
    assertThat(lines).contains("berta createToken done");
    AuditLog audit = new AuditLog(server.database());
    assertThat(audit.firstBroken()).isEmpty();
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> server.database().update("update audit set who = 'x'"))
        .hasMessageContaining("only grows");
  }

  private static String link() {
    return server.accounts().login("anna").secret();
  }

  private static String cookie() throws Exception {
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/api/v1/login",
            Json.write(java.util.Map.of("token", link())),
            "Content-Type",
            "application/json");
    return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }

  private static List<String> auditTargets() {
    return server
        .database()
        .query("select target from audit where what = 'log-in'", row -> row.text("target"));
  }
}
