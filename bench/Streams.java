import dev.winnow.Cancellation;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Provider;
import dev.winnow.agent.provider.ProviderAccount;
import dev.winnow.agent.provider.ProviderLimits;
import dev.winnow.agent.provider.SdkModels;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * CPU and memory of 200 streaming model calls at once, against the JDK's HttpClient that reads the
 * lines of the same streams and understands nothing of them. Server and clients are processes of
 * their own; a client's first round warms it up and is not counted.
 */
class Streams {

  static final int CALLS = 200;
  static final int EVENTS = 300;
  static final int MILLIS_BETWEEN_EVENTS = 10;
  static final int ROUNDS = 3;

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "server" -> server();
      case "bare" -> client(bare(URI.create(args[1])));
      case "openai" -> client(winnow(URI.create(args[1]), true));
      case "anthropic" -> client(winnow(URI.create(args[1]), false));
      default -> compare();
    }
  }

  // ------------------------------------------------------------------ what is compared

  static void compare() throws Exception {
    Process server = java("server").start();
    try {
      String url = server.inputReader().readLine();
      List<String> kinds = List.of("bare", "openai", "anthropic");
      List<List<double[]>> results = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      for (int turn = 0; turn < 3; turn++) {
        for (int i = 0; i < kinds.size(); i++) {
          Process client = java(kinds.get(i), url).start();
          String line = client.inputReader().readLine();
          client.waitFor();
          results.get(i).add(Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray());
        }
      }
      System.out.printf("%n%d calls at once, %d events each, %d rounds after one that does not count; median (min) of 3 processes, in turns.%n%n", CALLS, EVENTS, ROUNDS);
      System.out.println("| | CPU s | ratio of medians | of minimums | resident MiB | ratio | target |\n|---|---:|---:|---:|---:|---:|---:|");
      for (int i = 0; i < kinds.size(); i++) {
        System.out.printf(
            Locale.ROOT,
            "| %s | %.2f (%.2f) | %.2f | %.2f | %.0f | %.2f | %s |%n",
            i == 0 ? "bare HttpClient" : "Winnow, " + kinds.get(i),
            median(results.get(i), 0), min(results.get(i), 0),
            median(results.get(i), 0) / median(results.getFirst(), 0),
            min(results.get(i), 0) / min(results.getFirst(), 0),
            median(results.get(i), 1),
            median(results.get(i), 1) / median(results.getFirst(), 1),
            i == 0 ? "" : "CPU < 2");
      }
    } finally {
      server.destroyForcibly();
    }
  }

  static double median(List<double[]> all, int column) {
    return all.stream().mapToDouble(r -> r[column]).sorted().toArray()[all.size() / 2];
  }

  static double min(List<double[]> all, int column) {
    return all.stream().mapToDouble(r -> r[column]).min().orElseThrow();
  }

  static ProcessBuilder java(String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m", "-cp", System.getProperty("java.class.path"), "Streams"));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  // ------------------------------------------------------------------ the clients

  interface Call {
    long run() throws Exception;
  }

  /** Prints the CPU seconds of the counted rounds, and the most resident memory in MiB. */
  static void client(Call call) throws Exception {
    round(call);
    var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long before = system.getProcessCpuTime();
    for (int i = 0; i < ROUNDS; i++) {
      round(call);
    }
    double seconds = (system.getProcessCpuTime() - before) / 1e9;
    String resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(l -> l.startsWith("VmHWM")).findFirst().orElse("VmHWM: 0 kB");
    System.out.printf(Locale.ROOT, "%f %f%n", seconds, Long.parseLong(resident.replaceAll("\\D", "")) / 1024.0);
    System.exit(0);
  }

  static void round(Call call) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        calls.add(executor.submit(call::run));
      }
      for (Future<Long> one : calls) {
        if (one.get() < EVENTS) {
          throw new IllegalStateException("an answer was not whole: " + one.get());
        }
      }
    }
  }

  static Call bare(URI server) {
    HttpClient client = HttpClient.newHttpClient();
    return () -> {
      HttpRequest request =
          HttpRequest.newBuilder(server.resolve("/v1/responses"))
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{\"input\": \"" + "x".repeat(4000) + "\"}"))
              .build();
      long events = 0;
      try (InputStream in = client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
          BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          events += line.startsWith("data:") ? 1 : 0;
        }
      }
      return events;
    };
  }

  static Call winnow(URI server, boolean openAi) {
    ProviderLimits limits = ProviderLimits.DEFAULT.withRate(CALLS, Integer.MAX_VALUE);
    SdkModels models = new SdkModels(PriceTable.packaged(), Map.of(Provider.OPENAI, limits, Provider.ANTHROPIC, limits), Map.of(), UpstreamProxy.NONE);
    ProviderAccount account =
        new ProviderAccount("sk-bench", Optional.of(openAi ? server.resolve("/v1") : server), Optional.empty());
    ChatModel model =
        openAi
            ? models.openAi("openai-responses:gpt-5.1-codex", account, OptionalDouble.empty())
            : models.anthropic("claude-opus-5-5", account, OptionalDouble.empty());
    ModelRequest request =
        new ModelRequest("bench", "rules", List.of(new Message.User("x".repeat(4000))), List.of());
    return () -> {
      long[] deltas = {0};
      model.reply(request, _ -> deltas[0]++, Cancellation.never());
      return deltas[0];
    };
  }

  // ------------------------------------------------------------------ the server

  static void server() throws Exception {
    ServerSocket socket = new ServerSocket(0, 500, InetAddress.getByName("127.0.0.1"));
    System.out.println("http://127.0.0.1:" + socket.getLocalPort());
    while (true) {
      Socket client = socket.accept();
      Thread.ofVirtual().start(() -> serve(client));
    }
  }

  static void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      while (true) {
        boolean openAi = false;
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          openAi |= line.contains("/responses");
          if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(line.substring(15).strip());
          }
        }
        in.readNBytes(length);
        out.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        chunk(out, openAi ? OPENAI_START : ANTHROPIC_START);
        for (int i = 0; i < EVENTS; i++) {
          chunk(out, openAi ? OPENAI_DELTA : ANTHROPIC_DELTA);
          Thread.sleep(MILLIS_BETWEEN_EVENTS);
        }
        chunk(out, openAi ? OPENAI_END : ANTHROPIC_END);
        chunk(out, "");
      }
    } catch (IOException | InterruptedException e) {
      // the client is gone
    }
  }

  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("gone");
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }

  static void chunk(OutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write((Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  static String event(String type, String fields) {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n";
  }

  static final String OPENAI_START = event("response.created", "\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"status\":\"in_progress\"}");
  static final String OPENAI_DELTA =
      event("response.output_text.delta", "\"sequence_number\":17,\"item_id\":\"msg_0123456789abcdef0123456789abcdef\",\"output_index\":0,\"content_index\":0,\"delta\":\" several\",\"logprobs\":[],\"obfuscation\":\"aBcDeFgH\"");
  static final String OPENAI_END =
      event("response.output_item.done", "\"output_index\":0,\"item\":{\"type\":\"message\",\"id\":\"msg_1\",\"role\":\"assistant\",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\",\"text\":\"" + " several".repeat(EVENTS) + "\",\"annotations\":[]}]}")
          + event("response.completed", "\"response\":{\"id\":\"resp_1\",\"status\":\"completed\",\"model\":\"gpt-5.1-codex\",\"output\":[],\"usage\":{\"input_tokens\":1000,\"output_tokens\":300}}");
  static final String ANTHROPIC_START =
      event("message_start", "\"message\":{\"model\":\"claude-opus-5-5\",\"usage\":{\"input_tokens\":1000,\"output_tokens\":1}}")
          + event("content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}");
  static final String ANTHROPIC_DELTA = event("content_block_delta", "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" several\"}");
  static final String ANTHROPIC_END =
      event("content_block_stop", "\"index\":0")
          + event("message_delta", "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":300}")
          + event("message_stop", "\"x\":0");
}
