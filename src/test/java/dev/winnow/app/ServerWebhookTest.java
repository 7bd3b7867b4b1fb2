package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.winnow.Json;
import dev.winnow.http.Role;
import dev.winnow.http.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls to other servers about runs. */
@Timeout(90)
class ServerWebhookTest {

  private static final String SECRET = "a secret of more than sixteen characters";

  private record Call(String path, String event, String signature, String body) {}

  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private volatile int status = 200;

  private HttpServer listener() throws IOException {
    HttpServer listener =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    listener.createContext("/", this::called);
    listener.start();
    return listener;
  }

  private void called(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int answered = status;
    status = 200;
    exchange.sendResponseHeaders(answered, -1);
    exchange.close();
    calls.add(
        new Call(
            exchange.getRequestURI().getPath(),
            exchange.getRequestHeaders().getFirst("Winnow-Event"),
            exchange.getRequestHeaders().getFirst("Winnow-Signature"),
            body));
  }

  private static ServerOptions telling(ServerOptions o, HttpServer listener) {
    String url = "http://127.0.0.1:" + listener.getAddress().getPort();
    return new ServerOptions(
        o.host(),
        o.port(),
        Set.of(),
        Set.of(),
        Optional.empty(),
        List.of(),
        List.of(
            new ServerOptions.Webhook(url + "/hook?key=hidden", SECRET, true),
            new ServerOptions.Webhook(url + "/private?key=hidden", SECRET, false)),
        o.limits());
  }

  /** The tables were changed by hand: whoever looks at them should do it now. */
  private static void look(TestServer server) {
    var _ = server.database().query("select pg_notify('winnow_event', '')", row -> "");
  }

  @Test
  void aFinishedRunIsToldOnceSignedAndAgainAfterAFailureAndNoPrivateAddressIsCalled()
      throws Exception {
    HttpServer listener = listener();
    try (TestServer server = TestServer.start(true, o -> telling(o, listener))) {
      String admin = server.bearer("root-admin", Role.ADMIN);
      String agent = server.script("a.json", "{\"answer\":[{\"say\":\"four\"}]}");
      status = 500;
      UUID run = server.ask(admin, "two and two?", agent, true);
      Call refused = calls.poll(30, TimeUnit.SECONDS);
      assertThat(refused).isNotNull();
      awaitProblem(server, "/hook?%");
      server.database().update("update webhook_delivery set next_at = clock_timestamp()");
      look(server);
      Call call = calls.poll(30, TimeUnit.SECONDS);
      assertThat(call).isNotNull();
      assertThat(call.event()).isEqualTo("run.finished");
      assertThat(call.body()).isEqualTo(refused.body());
      JsonNode body = Json.read(call.body(), JsonNode.class);
      assertThat(body.at("/run/id").asText()).isEqualTo(run.toString());
      assertThat(body.at("/run/status").asText()).isEqualTo("accepted");
      String time = call.signature().replaceFirst("t=(\\d+),.*", "$1");
      assertThat(call.signature()).isEqualTo("t=" + time + ",v1=" + hmac(time + "." + call.body()));

      UUID waiting = server.ask(admin, "two and two?", agent, true);
      assertThat(calls.poll(30, TimeUnit.SECONDS)).isNotNull();
      // as if it were one that a person must decide
      server.database().update("update run set waits_for = 'approval' where id = ?", waiting);
      look(server);
      Call asks = calls.poll(30, TimeUnit.SECONDS);
      assertThat(asks).isNotNull();
      assertThat(asks.event()).isEqualTo("run.waiting");
      assertThat(calls).isEmpty();
      // the operator said of one address only that it may be private
      assertThat(awaitProblem(server, "/private?%")).contains("not a public address");
      assertThat(List.of(refused, call, asks)).extracting(Call::path).containsOnly("/hook");
    } finally {
      listener.stop(0);
    }
  }

  private static String awaitProblem(TestServer server, String path) {
    String problem = "";
    while (problem.isEmpty()) {
      problem =
          server
              .database()
              .queryOne(
                  """
                  select d.problem from webhook_delivery d join webhook w on w.id = d.webhook
                  where d.problem is not null and w.url like ?
                  """,
                  row -> row.text("problem"),
                  "%" + path)
              .orElse("");
    }
    return problem;
  }

  private static String hmac(String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }
}
