package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.http.Role;
import dev.winnow.http.ServerOptions;
import dev.winnow.telemetry.Counted;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every event once and in order, for clients that come, go, are slow, or ask another node. */
@Timeout(120)
class ServerEventsTest {

  private static TestServer server;
  private static String admin;
  private UUID run;
  private EventLog log;

  @BeforeAll
  static void start() throws Exception {
    server =
        TestServer.start(
            false, o -> o.limitedTo(new ServerOptions.Limits(10_000, 10, 20, 1 << 20, 2)));
    admin = server.bearer("root-admin", Role.ADMIN);
    server.script("a.json", "{\"answer\":[{\"say\":\"four\"}]}");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void aRun() throws Exception {
    run = server.ask(admin, "two and two?", "scripted:a.json", false);
    log = new EventLog(server.database(), Lease.acquire(server.database(), run, "test"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/js/app.js",
        "/nothing.js",
        "/readyz",
        "/api/v1/me",
        "/api/v1/nothing",
        "/api/v1/tdd-runs"
      })
  void aHeadIsAnsweredLikeAGetWithoutItsBody(String path) throws Exception {
    for (String who : List.of(admin, "Bearer wnw_nobody")) {
      HttpResponse<String> head = server.send("HEAD", path, null, "Authorization", who);
      HttpResponse<String> get = server.send("GET", path, null, "Authorization", who);
      assertThat(head.statusCode()).isEqualTo(get.statusCode());
      assertThat(head.body()).isEmpty();
      for (String name : List.of("Content-Length", "Content-Type", "ETag")) {
        assertThat(head.headers().firstValue(name)).isEqualTo(get.headers().firstValue(name));
      }
    }
  }

  @Test
  void aStreamIsNotOpenedByAHead() throws Exception {
    String path = "/api/v1/tdd-runs/" + run + "/events";
    HttpResponse<String> head = server.send("HEAD", path, null, "Authorization", admin);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("Content-Type"))
        .contains("text/event-stream;charset=utf-8");
  }

  @Test
  void whatAProxyMadeOfAnETagIsKnownAgain() throws Exception {
    for (String path : List.of("/", "/api/v1/me")) {
      String etag =
          server
              .send("GET", path, null, "Authorization", admin)
              .headers()
              .firstValue("ETag")
              .orElseThrow();
      for (String known : List.of(etag, "W/" + etag, "\"other\", W/" + etag, "*")) {
        assertThat(
                server
                    .send("GET", path, null, "Authorization", admin, "If-None-Match", known)
                    .statusCode())
            .as(known)
            .isEqualTo(304);
      }
      assertThat(
              server
                  .send("GET", path, null, "Authorization", admin, "If-None-Match", "\"other\"")
                  .statusCode())
          .isEqualTo(200);
    }
  }

  private void say(int from, int to) {
    for (int i = from; i <= to; i++) {
      log.append(new RunEvent.Notice("event " + i));
    }
  }

  /** One stream of events, read as a browser would. */
  private final class Stream implements AutoCloseable {
    private final BufferedReader in;
    private final List<Long> seen = new ArrayList<>();

    private Stream(TestServer from, long after) throws Exception {
      in =
          new BufferedReader(
              new InputStreamReader(
                  TestServer.CLIENT
                      .send(
                          from.request(
                              "GET",
                              "/api/v1/tdd-runs/" + run + "/events",
                              null,
                              "Authorization",
                              admin,
                              "Last-Event-ID",
                              String.valueOf(after)),
                          HttpResponse.BodyHandlers.ofInputStream())
                      .body(),
                  StandardCharsets.UTF_8));
    }

    /** Over a connection that holds little, and in HTTP/1.0, so that nothing comes in chunks. */
    private Stream(Socket socket) throws Exception {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/tdd-runs/%s/events HTTP/1.0\r\nHost: 127.0.0.1:%d\r\nAuthorization: %s\r\n\r\n"
                  .formatted(run, server.port(), admin)
                  .getBytes(StandardCharsets.UTF_8));
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 64);
    }

    /** Reads up to this event; the name of the last message when the stream ended before. */
    private String readTo(long wanted) throws IOException {
      String line = in.readLine();
      while (line != null) {
        if (line.startsWith("event: ")) {
          return line.substring(7);
        }
        if (line.startsWith("id: ")) {
          seen.add(Long.parseLong(line.substring(4)));
        }
        if (line.startsWith("data: ") && !seen.isEmpty()) {
          JsonNode event = Json.read(line.substring(6), JsonNode.class);
          assertThat(event.path("sequence").asLong()).isEqualTo(seen.getLast());
          if (seen.getLast() == wanted) {
            return "";
          }
        }
        line = in.readLine();
      }
      return "closed";
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  @Test
  void aClientThatComesBackGetsEveryEventOnceInOrderAlsoFromAnotherNode() throws Exception {
    List<Long> all = new ArrayList<>();
    say(1, 10);
    try (Stream first = new Stream(server, 0)) {
      first.readTo(10);
      say(11, 20);
      first.readTo(17);
      all.addAll(first.seen);
    }
    say(21, 30); // while it is away
    try (TestServer other = server.another(false, o -> o);
        Stream second = new Stream(other, all.getLast())) {
      second.readTo(30);
      say(31, 40); // told to the other node by the database
      second.readTo(40);
      int told = tellUntilItIsLevel(other, second);
      double late = lag(other);
      say(told + 1, told + 10);
      second.readTo(told + 10);
      assertThat(lag(other)).isEqualTo(late + 10);
      all.addAll(second.seen);
      assertThat(all).isEqualTo(LongStream.rangeClosed(1, told + 10).boxed().toList());
    }
  }

  /** A client that comes reads by itself until it has all; then its node does it for everybody. */
  private int tellUntilItIsLevel(TestServer node, Stream client) throws Exception {
    for (int event = 41; ; event++) {
      say(event, event);
      client.readTo(event);
      if (lag(node) > 0) {
        return event;
      }
    }
  }

  /** Of how many events a node knows how late they were. */
  private static double lag(TestServer node) throws Exception {
    return Counted.of(node.get(admin, "/metrics").body(), "winnow_event_lag_seconds_count");
  }

  @Test
  void theStreamEndsWithTheRunAndStaysOnRequest() throws Exception {
    say(1, 3);
    try (Stream stream = new Stream(server, 2)) {
      assertThat(stream.readTo(3)).isEmpty();
      HttpResponse<String> cancelled =
          server.post(admin, "/api/v1/tdd-runs/" + run + "/cancel", "{}");
      assertThat(cancelled.statusCode()).isEqualTo(200);
      assertThat(stream.readTo(100)).isEqualTo("end");
      assertThat(stream.seen).containsExactly(3L, 4L);
    }
    // who has the last event may have missed that it was the last
    try (Stream stream = new Stream(server, 4)) {
      assertThat(stream.readTo(100)).isEqualTo("end");
      assertThat(stream.seen).isEmpty();
    }
  }

  @Test
  void aServerThatStopsSaysSoAndTheClientGoesOnAtTheNext() throws Exception {
    say(1, 5);
    List<Long> all = new ArrayList<>();
    try (TestServer stopping = server.another(false, o -> o);
        RawSocket chat = new RawSocket(stopping, admin, 65_536);
        Stream stream = new Stream(stopping, 0)) {
      stream.readTo(5);
      stopping.server().drain();
      assertThat(chat.closeCode()).isEqualTo(1012);
      assertThat(stream.readTo(6)).isEqualTo("stopped");
      all.addAll(stream.seen);
    }
    say(6, 8);
    try (Stream stream = new Stream(server, all.getLast())) {
      stream.readTo(8);
      all.addAll(stream.seen);
    }
    assertThat(all).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
  }

  /** ws-11, with small buffers, so that a few events fill them. */
  @Test
  void aClientThatDoesNotReadIsCutOffAndTheRunGoesOn() throws Exception {
    say(1, 2);
    try (Socket socket = new Socket();
        Stream slow = new Stream(socket);
        RawSocket chat = new RawSocket(server, admin, 4096);
        Stream quick = new Stream(server, 0)) {
      chat.say("{\"follow\":{\"run\":\"" + run + "\",\"after\":0}}");
      chat.next();
      slow.readTo(2);
      quick.readTo(2);
      String much = "x".repeat(60_000);
      for (int i = 3; i <= 122; i++) {
        log.append(new RunEvent.Notice(i + much)); // 7 MB, more than the sockets hold
        quick.readTo(i);
      }
      assertThat(quick.seen).hasSize(122);
      while (server.server().cutClients() < 2) {
        log.append(new RunEvent.Notice("another")); // the run goes on
        quick.readTo(quick.seen.getLast() + 1);
      }
      assertThat(slow.readTo(1_000_000)).isEqualTo("cut");
      assertThat(chat.closeCode()).isEqualTo(1013);
      assertThat(slow.seen).isEqualTo(LongStream.rangeClosed(1, slow.seen.size()).boxed().toList());
      assertThat(slow.seen.size()).isLessThan(122);
    }
  }

  @Test
  void pagesOfTheLogAreTheSameEvents() throws Exception {
    say(1, 25);
    List<Long> all = new ArrayList<>();
    String path = "/api/v1/tdd-runs/" + run + "/log?limit=10&after=";
    JsonNode page = TestServer.json(server.get(admin, path + 0));
    while (true) {
      page.path("items").forEach(event -> all.add(event.path("sequence").asLong()));
      if (!page.has("next") || page.path("next").isNull()) {
        break;
      }
      page = TestServer.json(server.get(admin, path + page.path("next").asLong()));
    }
    assertThat(all).isEqualTo(LongStream.rangeClosed(1, 25).boxed().toList());
  }

  @Test
  void oneUserHasOnlySoManyStreams() throws Exception {
    say(1, 1);
    String before = admin;
    List<Stream> open = new ArrayList<>();
    try {
      admin = server.bearer("many", Role.ADMIN);
      for (int i = 0; i < 20; i++) {
        Stream stream = new Stream(server, 0);
        open.add(stream);
        stream.readTo(1);
      }
      assertThat(server.get(admin, "/api/v1/tdd-runs/" + run + "/events").statusCode())
          .isEqualTo(429);
    } finally {
      admin = before;
      for (Stream stream : open) {
        stream.close();
      }
    }
  }
}
