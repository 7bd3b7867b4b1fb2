import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.http.Accounts;
import dev.winnow.http.Role;
import dev.winnow.store.Database;
import io.javalin.Javalin;
import io.javalin.websocket.WsContext;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;

/**
 * Many clients of one run against a bare Javalin that sends the same frames: {@code bench/run
 * fanout [CLIENTS SECONDS]}. The servers are processes of their own, one after the other; the
 * clients are plain sockets in this one. Also: {@link Lists}.
 */
class Fanout {

  static final int PER_SECOND = 10;
  static final String MARK = "nanos=";

  /** A server is left running; what its first seconds cost is the compiler. */
  static final int WARM_SECONDS = Integer.getInteger("warm", 30);

  /** How long each delivery took, in milliseconds, and the server's processor time in seconds. */
  record Measured(double p50, double p99, double cpu, int delivered) {}

  static final Set<WsContext> BARE = ConcurrentHashMap.newKeySet();
  static final Set<OutputStream> STREAMS = ConcurrentHashMap.newKeySet();

  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("bare")) {
      bare();
      return;
    }
    if (args.length > 0 && args[0].equals("floor")) {
      Lists.floor();
      return;
    }
    int clients = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    Path area = Files.createTempDirectory(Path.of("/tmp"), "winnow-bench-");
    Files.setPosixFilePermissions(
        area, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
    System.out.println(
        "\n| "
            + clients
            + " clients, "
            + PER_SECOND
            + " events a second | p50 ms | p99 ms | CPU s | ratio of p99 | of CPU | target |");
    System.out.println("|---|---:|---:|---:|---:|---:|---:|");
    for (boolean webSocket : clients == 0 ? new boolean[0] : new boolean[] {true, false}) {
      Measured bare = bareOnce(webSocket, clients, seconds);
      Measured winnow = winnow(area, webSocket, clients, seconds);
      String kind = webSocket ? "WebSocket" : "SSE";
      System.out.printf(
          Locale.ROOT,
          "| %s: bare Javalin | %.1f | %.1f | %.2f | 1 | 1 | |%n",
          kind,
          bare.p50(),
          bare.p99(),
          bare.cpu());
      System.out.printf(
          Locale.ROOT,
          "| Winnow (%d of %d delivered) | %.1f | %.1f | %.2f | %.2f | %.2f | < 1.5 |%n",
          winnow.delivered(),
          clients * seconds * PER_SECOND,
          winnow.p50(),
          winnow.p99(),
          winnow.cpu(),
          winnow.p99() / bare.p99(),
          winnow.cpu() / bare.cpu());
    }
    Files.writeString(area.resolve("a.json"), "{}");
    if (clients == 0 || args.length < 2) {
      Lists.measure(area);
    }
    new ProcessBuilder("rm", "-rf", area.toString()).start().waitFor();
  }

  /** A server that sends to all its clients what comes in as a POST. */
  static void bare() throws Exception {
    Javalin server =
        Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.concurrency.useVirtualThreads = true;
          config.routes.ws(
              "/ws",
              ws -> {
                ws.onConnect(BARE::add);
                ws.onClose(BARE::remove);
              });
          config.routes.get(
              "/sse",
              context -> {
                context.res().setContentType("text/event-stream");
                OutputStream out = context.res().getOutputStream();
                out.write(":\n\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                STREAMS.add(out);
                new CountDownLatch(1).await();
              });
          config.routes.post(
              "/send",
              context -> {
                String text = context.body();
                BARE.forEach(client -> client.session.sendText(text, Callback.NOOP));
                byte[] frame = ("data: " + text + "\n\n").getBytes(StandardCharsets.UTF_8);
                for (OutputStream out : STREAMS) {
                  out.write(frame);
                  out.flush();
                }
              });
        });
    server.start("127.0.0.1", 0);
    System.out.println("{\"port\":" + server.port() + "}");
    new CountDownLatch(1).await();
  }

  static Process java(String main, Path data, String... args) throws Exception {
    List<String> argv =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseParallelGC", // as the launcher does
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path")));
    // such as -Dserver=-XX:StartFlightRecording:filename=/tmp/server.jfr
    argv.addAll(1, List.of(System.getProperty("server", "-Xshare:auto").split(" ")));
    argv.add(main);
    argv.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .directory(data.toFile());
    builder.environment().put("WINNOW_DATA_DIR", data.resolve("data").toString());
    builder.environment().put("HOME", data.toString());
    builder.environment().remove("DATABASE_URL");
    return builder.start();
  }

  /** What a server says of itself; the JVM may say something before. */
  static int port(BufferedReader out) throws java.io.IOException {
    String line = out.readLine();
    while (!line.startsWith("{")) {
      line = out.readLine();
    }
    return Json.read(line, JsonNode.class).path("port").asInt();
  }

  static Measured bareOnce(boolean webSocket, int clients, int seconds) throws Exception {
    Process server = java("Fanout", Path.of("/tmp"), "bare");
    try (BufferedReader out = server.inputReader()) {
      int port = port(out);
      HttpClient http = HttpClient.newHttpClient();
      return measure(
          server.toHandle(),
          port,
          clients,
          seconds,
          webSocket ? "/ws" : "/sse",
          webSocket,
          "",
          _ -> "",
          text -> {
            http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/send"))
                    .POST(HttpRequest.BodyPublishers.ofString(text))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
          });
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  static Measured winnow(Path area, boolean webSocket, int clients, int seconds) throws Exception {
    Files.writeString(area.resolve("a.json"), "{\"answer\":[{\"say\":\"x\"}]}");
    Process server =
        java("dev.winnow.app.Main", area, "serve", "--port", "0", "--no-work", "--json");
    try (BufferedReader out = server.inputReader();
        Database database = Database.open(area.resolve("data"), Optional.empty(), _ -> {})) {
      int port = port(out);
      Accounts accounts = new Accounts(database);
      List<String> tokens = new ArrayList<>();
      for (int i = 0; i <= clients / 20; i++) { // 20 connections for each user
        accounts.put("bench" + i, Role.ADMIN);
        tokens.add(accounts.token("bench" + i, Role.ADMIN, "", Duration.ofDays(1)).secret());
      }
      HttpResponse<String> made =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + port + "/api/v1/tdd-runs"))
                      .headers(
                          "Authorization",
                          "Bearer " + tokens.getFirst(),
                          "Content-Type",
                          "application/json")
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              "{\"kind\":\"answer\",\"task\":\"x\",\"agents\":[\"scripted:a.json\"]}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      UUID run = UUID.fromString(Json.read(made.body(), JsonNode.class).path("id").asText());
      EventLog log = new EventLog(database, Lease.acquire(database, run, "bench"));
      String path = webSocket ? "/api/v1/ws/agent" : "/api/v1/tdd-runs/" + run + "/events";
      return measure(
          server.toHandle(),
          port,
          clients,
          seconds,
          path,
          webSocket,
          webSocket ? "{\"follow\":{\"run\":\"" + run + "\"}}" : "",
          i -> "Authorization: Bearer " + tokens.get(i / 20) + "\r\n",
          text -> log.append(new RunEvent.Notice(text)));
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  interface Sends {
    void send(String text) throws Exception;
  }

  static Measured measure(
      ProcessHandle server,
      int port,
      int clients,
      int seconds,
      String path,
      boolean webSocket,
      String first,
      java.util.function.IntFunction<String> headers,
      Sends sends)
      throws Exception {
    ConcurrentLinkedQueue<Long> took = new ConcurrentLinkedQueue<>();
    AtomicInteger delivered = new AtomicInteger();
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Socket socket = new Socket("127.0.0.1", port);
      sockets.add(socket);
      socket.setTcpNoDelay(true);
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + path
                      + " HTTP/1.1\r\nHost: 127.0.0.1:"
                      + port
                      + "\r\n"
                      + headers.apply(i)
                      + (webSocket
                          ? "Connection: Upgrade\r\n"
                              + "Upgrade: websocket\r\n"
                              + "Sec-WebSocket-Version: 13\r\n"
                              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          : "")
                      + "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.read());
      }
      if (!first.isEmpty()) {
        byte[] text = first.getBytes(StandardCharsets.US_ASCII);
        OutputStream out = socket.getOutputStream();
        out.write(new byte[] {(byte) 0x81, (byte) (0x80 | text.length), 0, 0, 0, 0});
        out.write(text);
        out.flush();
      }
      Thread.ofVirtual().start(() -> read(in, took, delivered));
    }
    for (int i = 0; i < WARM_SECONDS * PER_SECOND; i++) {
      sends.send(MARK + "0 ");
      Thread.sleep(1000 / PER_SECOND);
    }
    int before = delivered.get();
    took.clear();
    Duration cpu = server.info().totalCpuDuration().orElseThrow();
    for (int i = 0; i < seconds * PER_SECOND; i++) {
      long next = System.nanoTime() + 1_000_000_000L / PER_SECOND;
      sends.send(MARK + System.nanoTime() + " ");
      Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
    }
    Thread.sleep(1_000);
    double used = server.info().totalCpuDuration().orElseThrow().minus(cpu).toMillis() / 1e3;
    double[] all = took.stream().mapToDouble(n -> n / 1e6).sorted().toArray();
    for (Socket socket : sockets) {
      socket.close();
    }
    if (all.length == 0) {
      throw new IllegalStateException("nothing was delivered");
    }
    return new Measured(
        all[all.length / 2], all[(int) (all.length * 0.99)], used, delivered.get() - before);
  }

  /** Looks for the marks in whatever frames there are. */
  static void read(InputStream in, ConcurrentLinkedQueue<Long> took, AtomicInteger delivered) {
    byte[] buffer = new byte[8192];
    String rest = "";
    try {
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        long now = System.nanoTime();
        String text = rest + new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(MARK);
        int end = 0;
        while (at >= 0 && text.indexOf(' ', at) >= 0) {
          end = text.indexOf(' ', at);
          long sent = Long.parseLong(text.substring(at + MARK.length(), end));
          if (sent > 0) {
            took.add(now - sent);
          }
          delivered.incrementAndGet();
          at = text.indexOf(MARK, end);
        }
        rest =
            at >= 0
                ? text.substring(at)
                : text.substring(Math.max(end, text.length() - MARK.length()));
      }
    } catch (java.io.IOException e) {
      // closed at the end
    }
  }
}
