package dev.winnow.app;

import com.sun.net.httpserver.HttpServer;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.http.Role;
import dev.winnow.http.WinnowServer;
import dev.winnow.store.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A small real run, and a look at it: what the launcher trains the JVM's ahead-of-time cache with.
 * Nobody reads what it prints, and a failure only makes Winnow start slower.
 */
final class Rehearse {

  private Rehearse() {}

  /**
   * Takes an empty directory, in which the database and the repository are made, and the words of a
   * command that rehearses something else while the database runs.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path root = Path.of(args[0]);
    Path repository = root.resolve("repository");
    Files.createDirectories(repository.resolve("tests"));
    Files.writeString(repository.resolve("value"), "1\n");
    Files.writeString(repository.resolve("tests/is-there"), "test -f value\n");
    copy("tests.sh", repository.resolve("tests.sh"));
    Path agent = root.resolve("agent.json");
    copy("agent.json", agent);
    InitRepository.in(repository, "A value");
    HttpServer sink = sink();
    Context context =
        new Context(
            new Console(
                InputStream.nullInputStream(),
                new PrintStream(PrintStream.nullOutputStream()),
                new PrintStream(PrintStream.nullOutputStream()),
                true,
                true,
                true),
            new Interrupts(),
            withServers(root, "http://127.0.0.1:" + sink.getAddress().getPort()),
            repository);
    List<List<String>> commands =
        List.of(
            List.of(
                "run",
                "--task",
                "The value becomes two",
                "--test-command",
                "sh tests.sh",
                "--junit",
                "reports/*.xml",
                "--agents",
                "scripted:" + agent + ":2"),
            List.of("runs", "list"),
            List.of("runs", "show", "latest"),
            List.of("runs", "diff", "latest"),
            List.of(
                "ask", "What follows one?", "--agents", "openai,anthropic", "--judge", "openai"));
    try (Database _ = Database.open(root, Optional.empty(), line -> {})) {
      for (List<String> command : commands) {
        int _ = new CommandLineRunner(context).run(command.toArray(String[]::new));
      }
      serve(context);
      List<String> other = List.of(args).subList(1, args.length);
      if (!other.isEmpty()) {
        new ProcessBuilder(other).inheritIO().start().waitFor();
      }
    } finally {
      sink.stop(0);
    }
  }

  /** A server, and the first requests of a browser. */
  private static void serve(Context context) throws IOException, InterruptedException {
    Settings settings = context.settings();
    try (Services services = Services.open(context, settings);
        WinnowServer server =
            WinnowServer.start(
                settings.server().on("127.0.0.1", 0),
                services.backend(context.directory(), context.environment()));
        HttpClient client = HttpClient.newHttpClient()) {
      services.accounts().putFirst("rehearsal");
      String token =
          services.accounts().token("rehearsal", Role.ADMIN, "", Duration.ofHours(1)).secret();
      for (String path : List.of("/", "/api/v1/me", "/api/v1/tdd-runs", "/api/v1/agents")) {
        var _ =
            client.send(
                HttpRequest.newBuilder(URI.create(server.url() + path))
                    .headers("Authorization", "Bearer " + token, "Accept-Encoding", "gzip")
                    .build(),
                HttpResponse.BodyHandlers.discarding());
      }
    }
  }

  /**
   * Answers as models do, and takes spans and metrics as a back end does, so that all that talks to
   * them is rehearsed too: the first call of a model alone loads a thousand classes.
   */
  private static HttpServer sink() throws IOException {
    HttpServer sink =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer(sink, "/", "application/x-protobuf", new byte[0]);
    answer(sink, "/v1/responses", "text/event-stream", resource("openai.txt"));
    answer(sink, "/v1/messages", "text/event-stream", resource("anthropic.txt"));
    sink.start();
    return sink;
  }

  private static void answer(HttpServer sink, String path, String type, byte[] body) {
    sink.createContext(
        path,
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
              exchange.getResponseBody().write(body);
            }
          }
        });
  }

  private static Map<String, String> withServers(Path root, String url) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("TELEMETRY_FILE", root.resolve("spans").toString());
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", url);
    // not an ordinary word: what looks for known secrets is rehearsed with one
    environment.put("LOGFIRE_TOKEN", "rehearsal-0123456789");
    environment.put("LOGFIRE_BASE_URL", url);
    environment.put("OPENAI_API_KEY", "none");
    environment.put("OPENAI_BASE_URL", url + "/v1");
    environment.put("ANTHROPIC_API_KEY", "none");
    environment.put("ANTHROPIC_BASE_URL", url);
    return environment;
  }

  private static void copy(String name, Path target) throws IOException {
    Files.write(target, resource(name));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Rehearse.class.getResourceAsStream("/rehearsal/" + name)) {
      if (in == null) {
        throw new IllegalStateException("not bundled: " + name);
      }
      return in.readAllBytes();
    }
  }
}
