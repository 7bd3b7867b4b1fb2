package dev.winnow.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnswerAtOnceTest {

  private final CountDownLatch begun = new CountDownLatch(AnswerAtOnce.MOST);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    AnswerAtOnce answer = new AnswerAtOnce();
    answer.setHandler(new TellWhichThread());
    server.setHandler(answer);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    goOn.countDown();
    client.close();
    server.stop();
  }

  /** Answers "virtual" or "real". */
  private final class TellWhichThread extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      String path = request.getHttpURI().getPath();
      if (path.equals("/unknown")) {
        return false;
      }
      if (path.equals("/broken")) {
        throw new IllegalStateException("broken");
      }
      if ("hold".equals(request.getHttpURI().getQuery())) {
        begun.countDown();
        goOn.await();
      }
      Content.Sink.write(
          response, true, Thread.currentThread().isVirtual() ? "virtual" : "real", callback);
      return true;
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:%d%s".formatted(connector.getLocalPort(), path)))
        .build();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void whatIsLookedAtIsAnsweredOnTheThreadThatHasReadTheRequestAndTheRestOnVirtualOnes()
      throws Exception {
    assertThat(get("/list").body()).isEqualTo("real");
    assertThat(get("/list?cursor=x").body()).isEqualTo("real");
    assertThat(get("/list/one?wait=30").body()).isEqualTo("virtual");
    assertThat(get("/list/one/events").body()).isEqualTo("virtual");
    HttpResponse<String> changed =
        client.send(
            HttpRequest.newBuilder(request("/list").uri())
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(changed.body()).isEqualTo("virtual");
  }

  @Test
  void looksThatCannotGoOnHoldOnlySomeOfTheThreads() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
    for (int i = 0; i < AnswerAtOnce.MOST; i++) {
      held.add(client.sendAsync(request("/list?hold"), HttpResponse.BodyHandlers.ofString()));
    }
    begun.await();
    assertThat(get("/list").body()).isEqualTo("virtual");
    goOn.countDown();
    for (CompletableFuture<HttpResponse<String>> one : held) {
      assertThat(one.get().body()).isEqualTo("real");
    }
    String after = "virtual";
    while (after.equals("virtual")) { // an answer arrives a moment before its place is free again
      after = get("/list").body();
    }
  }

  @Test
  void whatNobodyAnswersAndWhatFailsHasAnEnd() throws Exception {
    assertThat(get("/unknown").statusCode()).isEqualTo(404);
    assertThat(get("/broken").statusCode()).isEqualTo(500);
  }
}
