package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real headless Chromium, driven over its DevTools protocol. */
final class Chromium implements AutoCloseable {

  private static final long PATIENCE = 40; // seconds

  private final Process process;
  private final Path profile;
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final Map<String, Consumer<JsonNode>> listeners = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;

  private Chromium(Process process, Path profile, String address) {
    this.process = process;
    this.profile = profile;
    this.socket =
        client.newWebSocketBuilder().buildAsync(URI.create(address), new Listener()).join();
  }

  /** Where it is, if this machine has one. */
  static Optional<Path> program() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .map(directory -> Path.of(directory, "chromium"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start() throws IOException {
    Path profile = Files.createTempDirectory("winnow-chromium-");
    Process process =
        new ProcessBuilder(
                program().orElseThrow().toString(),
                "--headless=new",
                "--no-sandbox", // of the browser, which as root refuses to start with it
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-extensions",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader errors = process.errorReader();
    String line = errors.readLine();
    while (line != null && !line.startsWith("DevTools listening on ")) {
      line = errors.readLine();
    }
    if (line == null) {
      throw new IOException("Chromium does not start");
    }
    Thread.ofVirtual().start(() -> errors.lines().forEach(ignored -> {}));
    return new Chromium(process, profile, line.substring("DevTools listening on ".length()));
  }

  /** A window of its own, without the cookies of others. */
  Tab open() {
    String context =
        send("", "Target.createBrowserContext", Map.of()).path("browserContextId").asText();
    String target =
        send(
                "",
                "Target.createTarget",
                Map.of(
                    "url",
                    "about:blank",
                    "browserContextId",
                    context,
                    "width",
                    1280,
                    "height",
                    900))
            .path("targetId")
            .asText();
    String session =
        send("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .path("sessionId")
            .asText();
    Tab tab = new Tab(this, session);
    listeners.put(session, tab::heard);
    tab.enable();
    return tab;
  }

  /**
   * @param session empty for the browser itself
   * @throws ChromiumException with the words of the browser
   */
  JsonNode send(String session, String method, Map<String, Object> parameters) {
    int id = count.incrementAndGet();
    ObjectNode message = Json.mapper().createObjectNode().put("id", id).put("method", method);
    message.set("params", Json.mapper().valueToTree(parameters));
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    synchronized (socket) {
      socket.sendText(message.toString(), true).join();
    }
    JsonNode found = answer.orTimeout(PATIENCE, TimeUnit.SECONDS).join();
    if (found.has("error")) {
      throw new ChromiumException(method + ": " + found.path("error").path("message").asText());
    }
    return found.path("result");
  }

  static final class ChromiumException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ChromiumException(String message) {
      super(message);
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        JsonNode message = Json.read(text.toString(), JsonNode.class);
        text.setLength(0);
        CompletableFuture<JsonNode> waiting = answers.remove(message.path("id").asInt());
        if (waiting != null) {
          waiting.complete(message);
        } else {
          listeners.getOrDefault(message.path("sessionId").asText(), ignored -> {}).accept(message);
        }
      }
      from.request(1);
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> all = process.descendants().toList();
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    socket.abort();
    client.shutdownNow();
    process.onExit().join();
    all.forEach(each -> each.onExit().join());
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
