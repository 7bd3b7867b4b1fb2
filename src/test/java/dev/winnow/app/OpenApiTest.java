package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.Lease;
import dev.winnow.http.Role;
import dev.winnow.http.ServerOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The description is what the server does: every route with every status that it names. */
@Timeout(180)
class OpenApiTest {

  interface Call {
    HttpResponse<String> send() throws Exception;
  }

  private record Described(String method, String path, String id, JsonNode operation) {}

  private static TestServer server;
  private static TestServer strict;
  private static String admin;
  private static String viewer;
  private static JsonNode api;
  private static UUID change;
  private static UUID answer;
  private static UUID queued;
  private static String spec;

  @BeforeAll
  static void start() throws Exception {
    server =
        TestServer.start(
            true, o -> o.limitedTo(new ServerOptions.Limits(100_000, 1_000, 20, 1 << 20, 30)));
    strict = server.another(false, o -> o.limitedTo(new ServerOptions.Limits(1, 1_000, 20, 8, 30)));
    admin = server.bearer("root-admin", Role.ADMIN);
    viewer = server.bearer("carla", Role.VIEWER);
    server.accounts().put("dora", Role.VIEWER);
    api = TestServer.json(server.send("GET", "/openapi.json", null));
    server.script("a.json", "{\"answer\":[{\"say\":\"four\"}]}");
    server.script("slow.json", "{\"answer\":[{\"say\":\"four\"}],\"latencyMs\":100000}");
    FixtureRepository python =
        FixtureRepository.create("python-unittest", server.winnow().newDirectory());
    HttpResponse<String> started =
        server.post(
            admin,
            "/api/v1/tdd-runs?wait=100",
            Json.write(
                Map.of(
                    "task", python.task(),
                    "repository", python.directory().toString(),
                    "agents", List.of(python.agent("right")))));
    assertThat(started.statusCode()).as(started.body()).isEqualTo(200);
    change = UUID.fromString(TestServer.json(started).path("id").asText());
    answer = server.ask(admin, "two and two?", "scripted:a.json", true);
    spec = newSpec();
    queued = server.ask(admin, "two and two?", "scripted:slow.json", false);
  }

  @AfterAll
  static void stop() throws IOException {
    strict.close();
    server.close();
  }

  @Test
  void everyRouteAnswersWithEveryStatusThatItDescribesInTheShapeThatItDescribes() throws Exception {
    Map<String, Call> special = special();
    SLOW.forEach(name -> special.computeIfPresent(name, (_, call) -> begun(call)));
    Set<String> untried = new TreeSet<>();
    Set<String> used = new LinkedHashSet<>();
    SoftAssertions all = new SoftAssertions();
    for (Described route : routes()) {
      List<String> statuses = new java.util.ArrayList<>();
      route.operation().path("responses").fieldNames().forEachRemaining(statuses::add);
      for (String status : statuses) {
        String name = route.id() + " " + status;
        Call call = special.get(name);
        if (call == null) {
          call = usual(route, Integer.parseInt(status));
        } else {
          used.add(name);
        }
        if (call == null) {
          untried.add(name);
          continue;
        }
        HttpResponse<String> response = call.send();
        int expected = Integer.parseInt(status);
        String got = name + ": " + response.statusCode() + " " + response.body();
        all.assertThat(response.statusCode()).as(got).isEqualTo(expected);
        matches(all, name, route.operation().path("responses").path(status), response);
      }
    }
    all.assertThat(untried).as("described and not tried").isEmpty();
    all.assertThat(used).as("tried and not described").hasSameSizeAs(special.keySet());
    all.assertAll();
  }

  /** These wait for seconds because nobody answers: they do it beside the others. */
  private static final List<String> SLOW =
      List.of("cancelRun 202", "planSpec 202", "answerSpec 202", "validateSpec 202", "examine 200");

  private static Call begun(Call call) {
    FutureTask<HttpResponse<String>> task = new FutureTask<>(call::send);
    var _ = Thread.ofVirtual().start(task);
    return task::get;
  }

  private static void matches(
      SoftAssertions all, String name, JsonNode described, HttpResponse<String> response) {
    String type = response.headers().firstValue("Content-Type").orElse("");
    JsonNode content = described.path("content");
    if (content.isMissingNode()) {
      all.assertThat(response.body()).as(name).isEmpty();
      return;
    }
    String plain = type.replaceFirst(";.*", "");
    all.assertThat(content.has(plain)).as(name + " is " + type).isTrue();
    if (plain.contains("json")) {
      all.assertThat(
              MatchSchema.problems(
                  api, content.path(plain).path("schema"), TestServer.json(response)))
          .as(name + " " + response.body())
          .isEmpty();
    }
  }

  private static List<Described> routes() {
    List<Described> routes = new java.util.ArrayList<>();
    api.path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method ->
                    routes.add(
                        new Described(
                            method.getKey().toUpperCase(java.util.Locale.ROOT),
                            path.getKey(),
                            method.getValue().path("operationId").asText(),
                            method.getValue()))));
    assertThat(routes).hasSizeGreaterThan(30);
    return routes;
  }

  /** A path of the route, with things that are there. */
  private static String there(Described route) {
    if (route.path().startsWith("/api/v1/specs")) {
      return route.path().replace("{id}", spec);
    }
    return route
        .path()
        .replace("{name}", "dora")
        .replace("checkpoints/{id}/fork", "checkpoints/" + change + ".1/fork")
        .replace("conversations/{id}", "conversations/" + UUID.randomUUID())
        .replace("{id}", change.toString())
        .replace("{candidate}", "c1")
        .replace("{testSet}", "base");
  }

  private static HttpResponse<String> send(
      TestServer to, Described route, String path, String type, String... headers)
      throws Exception {
    boolean body = route.method().equals("POST") || route.method().equals("PUT");
    List<String> all = new java.util.ArrayList<>(List.of(headers));
    if (body) {
      all.addAll(List.of("Content-Type", type));
    }
    return to.send(route.method(), path, body ? "{}" : null, all.toArray(String[]::new));
  }

  private static @Nullable Call usual(Described route, int status) {
    String json = "application/json";
    return switch (status) {
      case 400 -> () -> send(server, route, there(route) + "?nope=1", json, "Authorization", admin);
      case 401 -> () -> send(server, route, there(route), json);
      case 403 ->
          () ->
              send(
                  server,
                  route,
                  there(route),
                  json,
                  "Authorization",
                  viewer,
                  "Origin",
                  route.method().equals("GET") ? server.origin() : "https://evil.example");
      case 404 ->
          () ->
              send(
                  server,
                  route,
                  there(route)
                      .replace(change.toString(), UUID.randomUUID().toString())
                      .replace("/dora", "/nobody")
                      .replace(spec, UUID.randomUUID().toString()),
                  json,
                  "Authorization",
                  admin);
      case 413 ->
          () ->
              strictly(
                  route,
                  "Content-Length: 9000000",
                  "Content-Type: application/json",
                  "Connection: close");
      case 415 -> () -> send(server, route, there(route), "text/plain", "Authorization", admin);
      case 421 -> () -> strictlyFrom("evil.example", route);
      case 429 ->
          () -> {
            var _ = send(strict, route, there(route), json, "Authorization", admin);
            return send(strict, route, there(route), json, "Authorization", admin);
          };
      case 304 ->
          () -> {
            String known = "none";
            while (true) { // runs go on meanwhile, and lists tell of it
              HttpResponse<String> answer =
                  send(
                      server,
                      route,
                      there(route),
                      json,
                      "Authorization",
                      admin,
                      "If-None-Match",
                      known);
              if (answer.statusCode() != 200) {
                return answer;
              }
              known = answer.headers().firstValue("ETag").orElseThrow();
            }
          };
      case 200 ->
          route.method().equals("GET")
              ? () -> send(server, route, there(route), json, "Authorization", admin)
              : null;
      default -> null;
    };
  }

  /** What Java's client would not send. */
  private static HttpResponse<String> strictly(Described route, String... headers)
      throws IOException {
    return RawResponse.of(
        server.raw(
            "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: %s\r\n%s\r\n\r\n"
                .formatted(
                    route.method(),
                    there(route),
                    server.port(),
                    admin,
                    String.join("\r\n", headers))));
  }

  private static HttpResponse<String> strictlyFrom(String host, Described route)
      throws IOException {
    return RawResponse.of(
        server.raw(
            "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\n\r\n"
                .formatted(route.method(), there(route), host)));
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return server.post(admin, path, body);
  }

  /** What needs a certain state. */
  private static Map<String, Call> special() throws IOException {
    Map<String, Call> calls = new LinkedHashMap<>();
    String runs = "/api/v1/tdd-runs";
    String ask = "{\"kind\":\"answer\",\"task\":\"x\",\"agents\":[\"scripted:a.json\"]}";
    calls.put("startRun 202", () -> post(runs, ask));
    calls.put("startRun 200", () -> post(runs + "?wait=60", ask));
    calls.put("startRun 409", () -> inTheMiddle(runs, ask));
    calls.put("startRun 422", () -> post(runs, "{}"));
    calls.put("cancelRun 200", () -> post(runs + "/" + queued + "/cancel", "{}"));
    calls.put("cancelRun 202", OpenApiTest::cancelWhereNobodyAnswers);
    calls.put("approveRun 200", () -> post(runs + "/" + waiting() + "/approve", "{}"));
    calls.put("approveRun 409", () -> post(runs + "/" + answer + "/approve", "{}"));
    calls.put("rejectRun 200", () -> post(runs + "/" + waiting() + "/reject", "{}"));
    calls.put("rejectRun 409", () -> post(runs + "/" + answer + "/reject", "{}"));
    calls.put("resumeRun 409", () -> post(runs + "/" + answer + "/resume", "{}"));
    calls.put("resumeRun 202", () -> post(runs + "/" + queued + "/resume", "{}"));
    calls.put("deliverRun 200", () -> post(runs + "/" + change + "/deliver", "{}"));
    calls.put("deliverRun 409", () -> post(runs + "/" + answer + "/deliver", "{}"));
    calls.put("rejudgeRun 409", () -> server.get(admin, runs + "/" + undecided() + "/rejudge"));
    calls.put("cleanUp 200", () -> post("/api/v1/gc", "{\"dryRun\":true}"));
    calls.put("examine 200", () -> server.get(admin, "/api/v1/doctor"));
    calls.put(
        "putUser 200", () -> post("/api/v1/users", "{\"name\":\"emma\",\"role\":\"viewer\"}"));
    calls.put("putUser 422", () -> post("/api/v1/users", "{\"name\":\"a b\"}"));
    calls.put("makeLogin 201", () -> post("/api/v1/users/dora/login", "{}"));
    calls.put(
        "disableUser 409",
        () -> server.send("DELETE", "/api/v1/users/root-admin", null, "Authorization", admin));
    calls.put(
        "disableUser 204",
        () -> {
          var _ = server.bearer("fred", Role.VIEWER);
          return server.send("DELETE", "/api/v1/users/fred", null, "Authorization", admin);
        });
    String fork = "/api/v1/checkpoints/" + change + ".1/fork";
    calls.put("forkRun 202", () -> post(fork, "{\"reason\":\"another try\"}"));
    calls.put("forkRun 409", () -> inTheMiddle(fork, "{\"reason\":\"twice\"}"));
    calls.put("forkRun 422", () -> post(fork, "{\"agents\":[\"nobody\"]}"));
    calls.put(
        "diffCandidate 409", () -> server.get(admin, runs + "/" + answer + "/candidates/c1/diff"));
    calls.put("getDecision 409", () -> server.get(admin, runs + "/" + undecided() + "/decision"));
    SpecCalls.add(calls, server, admin);
    calls.put(
        "planSpec 409",
        () -> inTheMiddle("/api/v1/specs/" + newSpec() + "/planning", "{\"mode\":\"stub\"}"));
    calls.put("validateSpec 202", OpenApiTest::validateSlowly);
    calls.put(
        "validateSpec 409", () -> inTheMiddle("/api/v1/specs/" + newSpec() + "/validate", "{}"));
    calls.put(
        "validateSpec 422",
        () -> {
          String path = "/api/v1/specs/" + newSpec() + "/validate";
          var _ = postOnce(path, "{}", "another-body");
          return postOnce(path, "{\"build\":false}", "another-body");
        });
    calls.put("createSpec 409", () -> inTheMiddle("/api/v1/specs", "{\"task\":\"twice\"}"));
    String link = "{\"token\":\"%s\"}";
    calls.put(
        "logIn 204",
        () -> post("/api/v1/login", link.formatted(server.accounts().login("carla").secret())));
    calls.put("logIn 401", () -> post("/api/v1/login", "{}"));
    calls.put(
        "logOut 204",
        () ->
            server.send(
                "DELETE",
                "/api/v1/login",
                null,
                "Authorization",
                server.bearer("carla", Role.VIEWER)));
    calls.put("createToken 201", () -> post("/api/v1/tokens", "{\"days\":1}"));
    calls.put("createToken 422", () -> post("/api/v1/tokens", "{\"days\":0}"));
    calls.put(
        "revokeToken 204",
        () -> {
          String id = TestServer.json(post("/api/v1/tokens", "{}")).path("id").asText();
          return server.send("DELETE", "/api/v1/tokens/" + id, null, "Authorization", admin);
        });
    calls.put("getConversation 200", () -> server.get(admin, conversation()));
    calls.put(
        "getConversation 304",
        () -> {
          String path = conversation();
          String etag = server.get(admin, path).headers().firstValue("ETag").orElseThrow();
          return server.send("GET", path, null, "Authorization", admin, "If-None-Match", etag);
        });
    calls.put(
        "readiness 503",
        () -> {
          try (TestServer other = server.another(false, o -> o)) {
            other.server().drain();
            return other.send("GET", "/readyz", null);
          }
        });
    return calls;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"repository\":\"/srv\"",
        "\"approve\":true",
        "\"spec\":\"01a20000-0000-7000-8000-000000000000\"",
        "\"testCommand\":\"make\""
      })
  void whatAQuestionHasNoUseForIsRefused(String field) throws Exception {
    HttpResponse<String> answer =
        server.post(
            admin,
            "/api/v1/tdd-runs",
            "{\"kind\":\"answer\",\"task\":\"x\",\"agents\":[\"scripted:a.json\"],%s}"
                .formatted(field));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(field).startsWith('"' + TestServer.json(answer).path("field").asText() + '"');
  }

  private static HttpResponse<String> inTheMiddle(String path, String body) throws Exception {
    String key = UUID.randomUUID().toString();
    for (int i = 0; ; i++) {
      HttpResponse<String> response = postOnce(path, body, key);
      if (i == 1) {
        return response;
      }
      server
          .database()
          .update(
              "update idempotency set finished = false, result = ? where key = ?",
              UUID.randomUUID(),
              key);
    }
  }

  private static HttpResponse<String> postOnce(String path, String body, String key)
      throws Exception {
    return server.send(
        "POST",
        path,
        body,
        "Authorization",
        admin,
        "Content-Type",
        "application/json",
        "Idempotency-Key",
        key);
  }

  /** As if a node that is frozen had it. */
  private static HttpResponse<String> cancelWhereNobodyAnswers() throws Exception {
    UUID run = server.ask(admin, "x", "scripted:slow.json", false);
    Cancellation begun = new Cancellation();
    try {
      new EventReader(server.database()).follow(run, 0, _ -> begun.cancel("it has"), begun);
    } catch (Cancellation.Cancelled e) {
      assertThat(e).hasMessage("it has");
    }
    var _ = Lease.acquire(server.database(), run, "nobody");
    server
        .database()
        .update(
            """
            update scheduled_tasks set picked = true, picked_by = 'nobody',
              last_heartbeat = clock_timestamp() + interval '1 hour', version = version + 1
            where task_instance = ?
            """,
            run.toString());
    return post("/api/v1/tdd-runs/" + run + "/cancel", "{}");
  }

  private static String newSpec() throws Exception {
    return SpecCalls.create(server, admin);
  }

  /** With tests that go on until the server stops. */
  private static HttpResponse<String> validateSlowly() throws Exception {
    FixtureRepository python =
        FixtureRepository.create("python-unittest", server.winnow().newDirectory());
    Files.writeString(
        python.directory().resolve("tests/test_slow.py"), "import time\n\ntime.sleep(600)\n");
    RepositoryState.git(python.directory(), "add", "-A");
    RepositoryState.git(python.directory(), "commit", "-q", "-m", "slow");
    String made = Json.write(Map.of("task", "x", "repository", python.directory().toString()));
    String id = TestServer.json(post("/api/v1/specs", made)).path("id").asText();
    return post("/api/v1/specs/" + id + "/validate", "{\"build\":true}");
  }

  private static UUID waiting() throws Exception {
    UUID run = server.ask(admin, "x", "scripted:a.json", true);
    server.database().update("update run set waits_for = 'approval' where id = ?", run);
    return run;
  }

  private static UUID undecided() throws Exception {
    return server.ask(admin, "x", "scripted:slow.json", false);
  }

  private static String conversation() {
    UUID id = dev.winnow.Ids.next();
    server
        .database()
        .update("insert into conversation (id, owner, title) values (?, 'root-admin', 'x')", id);
    return "/api/v1/conversations/" + id;
  }
}
