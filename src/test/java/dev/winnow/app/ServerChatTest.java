package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.http.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The chat as its clients see it. */
@Timeout(120)
class ServerChatTest {

  private static TestServer server;
  private static String admin;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start();
    admin = server.bearer("root-admin", Role.ADMIN);
    server.script("a.json", "{\"answer\":[{\"say\":\"four\"}]}");
    server.script("b.json", "{\"answer\":[{\"say\":\"five\"}]}");
    server.script("judge.json", "{\"verdict\":{\"winner\":1,\"rationale\":\"four is right\"}}");
    server.script(
        "clock.json",
        "{\"answer\":[{\"say\":\"let me"
            + " see\",\"calls\":[{\"tool\":\"current_datetime\",\"arguments\":{}}]},{\"say\":\"it"
            + " is late\"}]}");
    server.script("slow.json", "{\"answer\":[{\"say\":\"never\"}],\"latencyMs\":100000}");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  /** A client that keeps what it gets. */
  private static final class Client implements WebSocket.Listener, AutoCloseable {
    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();
    private final WebSocket socket;

    private Client(String... headers) {
      WebSocket.Builder builder = TestServer.CLIENT.newWebSocketBuilder();
      for (int i = 0; i < headers.length; i += 2) {
        builder.header(headers[i], headers[i + 1]);
      }
      socket =
          builder
              .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/api/v1/ws/agent"), this)
              .join();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        frames.add(part.toString());
        part.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      frames.add("{\"type\":\"closed\",\"code\":" + code + "}");
      return null;
    }

    private void send(String text) {
      socket.sendText(text, true).join();
    }

    private void say(Map<String, ?> frame) {
      send(Json.write(frame));
    }

    private JsonNode next() throws InterruptedException {
      String text = frames.poll(60, TimeUnit.SECONDS);
      assertThat(text).as("a frame").isNotNull();
      return Json.read(text, JsonNode.class);
    }

    private List<JsonNode> to(String type) throws InterruptedException {
      List<JsonNode> all = new ArrayList<>();
      do {
        all.add(next());
      } while (!all.getLast().path("type").asText().equals(type));
      return all;
    }

    @Override
    public void close() {
      socket.abort();
    }
  }

  private static List<String> types(List<JsonNode> frames) {
    return frames.stream().map(frame -> frame.path("type").asText()).toList();
  }

  @Test
  void aMessageIsAnsweredWithTextAndToolsAndGoesOnWhereItEnded() throws Exception {
    try (Client client = new Client("Authorization", admin)) {
      client.say(Map.of("message", "what time is it?", "agents", List.of("scripted:clock.json")));
      List<JsonNode> frames = client.to("complete");
      assertThat(types(frames))
          .containsExactly(
              "user_prompt",
              "model_request_start",
              "text_delta",
              "tool_call_delta",
              "tool_call",
              "tool_result",
              "text_delta",
              "final_result",
              "complete");
      assertThat(frames.get(7).at("/data/content").asText()).isEqualTo("it is late");
      String conversation = frames.getFirst().path("conversation").asText();
      client.say(
          Map.of(
              "message",
              "and now?",
              "conversation",
              conversation,
              "agents",
              List.of("scripted:a.json")));
      assertThat(client.to("complete"))
          .extracting(f -> f.path("conversation").asText())
          .containsOnly(conversation);
      JsonNode kept = TestServer.json(server.get(admin, "/api/v1/conversations/" + conversation));
      assertThat(kept.path("items")).hasSize(2);
      String task =
          TestServer.json(server.get(admin, "/api/v1/tdd-runs/" + kept.at("/items/1/run").asText()))
              .path("task")
              .asText();
      assertThat(task).contains("user: what time is it?", "assistant: it is late", "and now?");
    }
  }

  @Test
  void aClientThatComesBackGetsWhatItMissedOnce() throws Exception {
    List<String> whole;
    String conversation;
    String cursor;
    try (Client client = new Client("Authorization", admin)) {
      client.say(Map.of("message", "time?", "agents", List.of("scripted:clock.json")));
      List<JsonNode> frames = client.to("complete");
      whole = frames.stream().map(JsonNode::toString).toList();
      conversation = frames.getFirst().path("conversation").asText();
      cursor = frames.get(2).path("cursor").asText();
    }
    try (Client client = new Client("Authorization", admin)) {
      client.say(Map.of("resume", Map.of("conversation", conversation, "after", cursor)));
      assertThat(client.to("complete").stream().map(JsonNode::toString).toList())
          .isEqualTo(whole.subList(3, whole.size()));
      client.say(Map.of("resume", Map.of("conversation", conversation)));
      assertThat(client.to("complete").stream().map(JsonNode::toString).toList()).isEqualTo(whole);
    }
  }

  @Test
  void severalAgentsAreACrewWithADecision() throws Exception {
    try (Client client = new Client("Authorization", admin)) {
      client.say(
          Map.of(
              "message", "two and two?",
              "agents", List.of("scripted:a.json", "scripted:b.json"),
              "judge", "scripted:judge.json"));
      List<String> types = types(client.to("complete"));
      assertThat(types).startsWith("user_prompt", "crew_started");
      assertThat(types)
          .contains("agent_started", "agent_completed", "decision")
          .containsSequence("decision");
      assertThat(types.stream().filter("agent_completed"::equals)).hasSize(2);
    }
  }

  @Test
  void cancelStopsTheModelCall() throws Exception {
    try (Client client = new Client("Authorization", admin)) {
      client.say(Map.of("message", "slow", "agents", List.of("scripted:slow.json")));
      client.to("model_request_start");
      client.say(Map.of("message", "again", "agents", List.of("scripted:a.json")));
      assertThat(client.to("error").getLast().at("/data/status").asInt()).isEqualTo(409);
      client.say(Map.of("cancel", true));
      List<JsonNode> frames = client.to("complete");
      assertThat(frames.getLast().at("/data/outcome").asText()).isEqualTo("cancelled");
    }
  }

  @Test
  void anyRunCanBeFollowed() throws Exception {
    var run = server.ask(admin, "two and two?", "scripted:a.json", true);
    try (Client client = new Client("Authorization", admin)) {
      client.say(Map.of("follow", Map.of("run", run, "after", 2)));
      List<JsonNode> frames = List.of(client.next(), client.next());
      assertThat(frames).hasSize(2);
      JsonNode first = frames.getFirst();
      assertThat(first.path("type").asText()).isEqualTo("event");
      assertThat(first.at("/data/sequence").asLong()).isEqualTo(3);
    }
  }

  /** ws-13. */
  @Test
  void whatIsNoMessageIsAnErrorAndTheConnectionStays() throws Exception {
    try (Client client = new Client("Authorization", admin)) {
      for (String hostile :
          List.of(
              "{\"type\":\"__proto__\"}",
              "{}",
              "nonsense",
              "[".repeat(10_000),
              "{\"message\":5}",
              "{\"message\":\"\"}",
              "{\"resume\":{}}",
              "{\"follow\":{\"run\":\"" + dev.winnow.Ids.next() + "\"}}")) {
        client.send(hostile);
        JsonNode frame = client.next();
        assertThat(frame.path("type").asText()).as(hostile).isEqualTo("error");
        assertThat(frame.toString()).doesNotContain("Exception", "jackson", "at dev.");
      }
      client.say(Map.of("message", "2+2?", "agents", List.of("scripted:a.json")));
      client.to("complete");
    }
  }

  /** ws-01, ws-03. */
  @Test
  void anotherSiteCannotConnectEvenWithTheCookie() throws Exception {
    String cookie = cookie();
    refused(403, "Cookie", cookie, "Origin", "https://evil.example");
    refused(403, "Cookie", cookie);
    refused(401, "Origin", server.origin());
    refused(401, "Authorization", "Bearer wnw_wrong");
    String handshake =
        "GET /api/v1/ws/agent HTTP/1.1\r\n"
            + "Host: rebind.evil:8080\r\n"
            + "Origin: http://rebind.evil:8080\r\n"
            + "Cookie: "
            + cookie
            + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    assertThat(server.raw(handshake)).containsPattern("^HTTP/1.1 4(03|21)");
    try (Client client = new Client("Cookie", cookie, "Origin", server.origin())) {
      client.say(Map.of("cancel", true));
      assertThat(client.next().path("type").asText()).isEqualTo("error");
    }
  }

  private static void refused(int status, String... headers) {
    assertThatThrownBy(() -> new Client(headers).close())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(status));
  }

  /** ws-07: with the next thing that it sends, and else within half a minute. */
  @Test
  void aRevokedTokenEndsTheConnection() throws Exception {
    server.accounts().put("dora", Role.RUNNER);
    var token = server.accounts().token("dora", Role.RUNNER, "", java.time.Duration.ofDays(1));
    try (Client client = new Client("Authorization", "Bearer " + token.secret())) {
      server.accounts().end(token.id(), java.util.Optional.empty());
      client.say(Map.of("cancel", true));
      assertThat(client.to("closed").getLast().path("code").asInt()).isEqualTo(4401);
    }
  }

  /** ws-11. */
  @Test
  void oneUserHasOnlySoManyConnections() throws Exception {
    String many = server.bearer("emil", Role.RUNNER);
    List<Client> open = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        Client client = new Client("Authorization", many);
        client.say(Map.of("cancel", true));
        client.next();
        open.add(client);
      }
      try (Client more = new Client("Authorization", many)) {
        assertThat(more.to("closed").getLast().path("code").asInt()).isEqualTo(1008);
      }
    } finally {
      open.forEach(Client::close);
    }
  }

  @Test
  void aViewerOnlyLooks() throws Exception {
    String viewer = server.bearer("carla", Role.VIEWER);
    try (Client client = new Client("Authorization", viewer)) {
      client.say(Map.of("message", "2+2?"));
      assertThat(client.next().at("/data/status").asInt()).isEqualTo(403);
    }
  }

  private static String cookie() throws Exception {
    var answer =
        server.send(
            "POST",
            "/api/v1/login",
            Json.write(Map.of("token", server.accounts().login("root-admin").secret())),
            "Content-Type",
            "application/json");
    return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }
}
