package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.http.Accounts;
import dev.winnow.http.Role;
import dev.winnow.http.ServerOptions;
import dev.winnow.http.WinnowServer;
import dev.winnow.store.Database;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A real server with a database and, if wanted, a node, on a free port of this machine. */
final class TestServer implements AutoCloseable {

  static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private final TestCommandLine winnow;
  private final boolean ownsWinnow;
  private final Services services;
  private final Path directory;
  private final Cancellation stop = new Cancellation();
  private final @Nullable Thread node;
  private WinnowServer server;

  private TestServer(
      TestCommandLine winnow,
      boolean ownsWinnow,
      Path directory,
      boolean works,
      UnaryOperator<ServerOptions> options) {
    this(winnow, ownsWinnow, directory, works, options, winnow.environment());
  }

  private TestServer(
      TestCommandLine winnow,
      boolean ownsWinnow,
      Path directory,
      boolean works,
      UnaryOperator<ServerOptions> options,
      Map<String, String> environment) {
    this.winnow = winnow;
    this.ownsWinnow = ownsWinnow;
    this.directory = directory;
    CommandLineRunner.Context context =
        new CommandLineRunner.Context(
            new Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                false,
                false,
                false),
            new Interrupts(),
            environment,
            directory);
    Settings settings = context.settings();
    this.services = Services.open(context, settings);
    this.server =
        WinnowServer.start(
            options.apply(ServerOptions.USUAL.on("127.0.0.1", 0)),
            services.backend(directory, winnow.environment()));
    this.node = works ? Thread.ofVirtual().start(() -> services.workOnQueue(stop)) : null;
  }

  static TestServer start() throws IOException, SQLException {
    return start(true, UnaryOperator.identity());
  }

  static TestServer start(boolean works, UnaryOperator<ServerOptions> options)
      throws IOException, SQLException {
    TestCommandLine winnow = TestCommandLine.withSharedServer();
    return new TestServer(winnow, true, winnow.newDirectory(), works, options);
  }

  /** In a directory that has settings, or with another command line's database. */
  static TestServer in(TestCommandLine winnow, Path directory) {
    return new TestServer(winnow, false, directory, true, UnaryOperator.identity());
  }

  /** Only a server, on the database of a command line, with more variables. */
  static TestServer with(TestCommandLine winnow, Map<String, String> more) throws IOException {
    Map<String, String> environment = new HashMap<>(winnow.environment());
    environment.putAll(more);
    return new TestServer(
        winnow, false, winnow.newDirectory(), false, UnaryOperator.identity(), environment);
  }

  /** Another one on the same database. */
  TestServer another(boolean works, UnaryOperator<ServerOptions> options) {
    return new TestServer(winnow, false, directory, works, options);
  }

  /** Stops it and starts it again, on a port of its own. */
  void restart() {
    server.close();
    server =
        WinnowServer.start(
            ServerOptions.USUAL.on("127.0.0.1", 0),
            services.backend(directory, winnow.environment()));
  }

  /** The same where its clients find it again, after something has happened without it. */
  void restartHere(Runnable meanwhile) {
    int port = port();
    server.close();
    meanwhile.run();
    server =
        WinnowServer.start(
            ServerOptions.USUAL.on("127.0.0.1", port),
            services.backend(directory, winnow.environment()));
  }

  Path directory() {
    return directory;
  }

  TestCommandLine winnow() {
    return winnow;
  }

  Database database() {
    return winnow.database();
  }

  WinnowServer server() {
    return server;
  }

  Accounts accounts() {
    return services.accounts();
  }

  int port() {
    return server.port();
  }

  /** A file for {@code scripted:}. */
  String script(String name, String json) throws IOException {
    Files.writeString(directory.resolve(name), json);
    return "scripted:" + name;
  }

  /** The value of the header Authorization for somebody with this role. */
  String bearer(String user, Role role) {
    accounts().put(user, role);
    return "Bearer " + accounts().token(user, role, "test", Duration.ofDays(1)).secret();
  }

  String origin() {
    return "http://127.0.0.1:" + port();
  }

  HttpResponse<String> get(String authorization, String path) throws Exception {
    return send("GET", path, null, "Authorization", authorization);
  }

  HttpResponse<String> post(String authorization, String path, String body) throws Exception {
    return send(
        "POST", path, body, "Authorization", authorization, "Content-Type", "application/json");
  }

  HttpResponse<String> send(String method, String path, @Nullable String body, String... headers)
      throws Exception {
    return CLIENT.send(
        request(method, path, body, headers),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  HttpRequest request(String method, String path, @Nullable String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin() + path))
            .timeout(Duration.ofSeconds(100))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  /** Sends bytes as they are, and reads what comes until the server closes or has answered. */
  String raw(String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      byte[] answer = new byte[64 * 1024];
      int length = 0;
      int n = socket.getInputStream().read(answer);
      while (n > 0) {
        length += n;
        String soFar = new String(answer, 0, length, StandardCharsets.UTF_8);
        int head = soFar.indexOf("\r\n\r\n");
        if (head >= 0 && soFar.length() >= head + 4 + contentLength(soFar)) {
          return soFar;
        }
        n = socket.getInputStream().read(answer, length, answer.length - length);
      }
      return new String(answer, 0, length, StandardCharsets.UTF_8);
    }
  }

  private static int contentLength(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
        .findFirst()
        .map(line -> Integer.parseInt(line.substring(15).strip()))
        .orElse(0);
  }

  static JsonNode json(HttpResponse<String> response) {
    return Json.read(response.body(), JsonNode.class);
  }

  /** A run of kind answer with one scripted agent; its id. */
  UUID ask(String authorization, String question, String agent, boolean wait) throws Exception {
    HttpResponse<String> answer =
        post(
            authorization,
            "/api/v1/tdd-runs" + (wait ? "?wait=60" : ""),
            Json.write(Map.of("kind", "answer", "task", question, "agents", List.of(agent))));
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(answer.body());
    }
    return UUID.fromString(json(answer).path("id").asText());
  }

  @Override
  public void close() throws IOException {
    stop.cancel("the test is over");
    try {
      if (node != null) {
        node.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
    services.close();
    if (ownsWinnow) {
      winnow.close();
    }
  }
}
