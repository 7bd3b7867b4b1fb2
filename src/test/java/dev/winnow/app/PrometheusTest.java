package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.checkpoint.Budget;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.spec.Task;
import dev.winnow.telemetry.Counted;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real Prometheus fetches a node's metrics; promtool reads them and the files of the docs. */
@Timeout(240)
@Order(2) // not among the last, where it would be alone
class PrometheusTest {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static TestCommandLine winnow;
  private static Services services;
  private static Thread node;
  private static final Cancellation STOP = new Cancellation();
  private static String url;
  private static String run;
  private static HttpResponse<String> first;
  private static Path spans;

  /** Spans that may wait for the back end that is gone. */
  private static final int PLACES = 8;

  /**
   * A node that has worked on one run, which costs money and has a vetoed candidate; then on
   * another one, whose judge contradicts itself; and that is in the middle of a third one, which
   * waits for its model. One of its back ends is gone.
   */
  @BeforeAll
  static void work() throws Exception {
    winnow = TestCommandLine.create();
    FixtureRepository shell = FixtureRepository.create("shell", winnow.newDirectory());
    Map<String, String> environment = new HashMap<>(winnow.environment());
    environment.put("OTEL_EXPORTER_PROMETHEUS_PORT", "0");
    spans = winnow.newDirectory().resolve("spans");
    environment.put("TELEMETRY_FILE", spans.toString());
    try (OtlpReceiver gone = OtlpReceiver.start()) {
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", gone.url());
    }
    environment.put("OTEL_METRICS_EXPORTER", "none");
    environment.put("OTEL_TRACES_EXPORTER", "otlp");
    environment.put("OTEL_BSP_MAX_QUEUE_SIZE", String.valueOf(PLACES));
    CommandLineRunner.Context context = context(environment);
    services = Services.open(context, context.settings());
    List<String> told = new ArrayList<>();
    services.serveMetrics(told::add);
    url = told.getFirst().replaceFirst(".* (http)", "$1");
    node = Thread.ofVirtual().start(() -> services.workOnQueue(STOP));
    TestCommandLine.Result submitted =
        winnow.run(
            shell.run(
                "--detach",
                "--json",
                "--agents",
                String.join(
                    ",",
                    shell.agent("right"),
                    shell.agent("subtle"),
                    script("idle.json", "{\"answer\": [{\"say\": \"nothing to do\"}]}")),
                "--tester",
                shell.agent("tester")));
    assertThat(submitted.exitCode()).as(submitted.err()).isZero();
    run = submitted.last().path("run").asText();
    assertThat(winnow.run("runs", "watch", run).exitCode()).isZero();
    // an exemplar is told once, so this is before everybody else asks
    first = get(url, "application/openmetrics-text; version=1.0.0");
    String usage = "\"usage\": {\"inputTokens\": 10, \"outputTokens\": 1}";
    String answer = "{%s, \"answer\": [{\"say\": \"%s\"}]}";
    String one = script("one.json", answer.formatted(usage, "one"));
    String two = script("two.json", answer.formatted(usage, "two"));
    String verdict = "{%s, \"verdict\": {\"winner\": 1, \"rationale\": \"why\"}}";
    String judge = script("judge.json", verdict.formatted(usage));
    UUID undecided = ask(Optional.of(judge), one, two);
    assertThat(winnow.run("runs", "watch", undecided.toString()).exitCode()).isEqualTo(4);
    for (String winner : List.of("0", "\"two\"")) {
      String says = "{\"verdict\": {\"winner\": %s, \"rationale\": \"why\"}}".formatted(winner);
      UUID asked = ask(Optional.of(script("judge.json", says)), one, two);
      int _ = winnow.run("runs", "watch", asked.toString()).exitCode();
    }
    String confused = script("judge.json", "{\"verdict\": \"I like both.\"}");
    int _ = winnow.run("runs", "watch", ask(Optional.of(confused), one, two).toString()).exitCode();
    String slow = script("slow.json", "{\"latencyMs\": 600000, \"answer\": [{\"say\": \"x\"}]}");
    awaitCandidate(ask(Optional.empty(), slow));
    UUID lost = ask(Optional.empty(), slow);
    awaitCandidate(lost);
    loseLease(lost);
    queueForNobody(shell);
  }

  /** As if this node had been frozen, and another one had taken the run over meanwhile. */
  private static void loseLease(UUID run) throws Exception {
    var _ = Lease.acquire(winnow.database(), run, "another");
    int _ =
        winnow
            .database()
            .update(
                """
                update scheduled_tasks set picked_by = 'another/1/x', version = version + 1,
                  last_heartbeat = clock_timestamp() + interval '1 hour'
                where task_instance = ?
                """,
                run.toString());
    while (Counted.of(get(url, "text/plain").body(), "winnow_lease_losses_total") == 0) {
      ChaosPoint.pause(winnow.database());
    }
  }

  /** Waits for a node that has a key. */
  private static void queueForNobody(FixtureRepository shell) {
    TestCommandLine.Result queued =
        winnow.run(
            Map.of("ANTHROPIC_API_KEY", "sk-ant-0123456789"),
            shell.run("--detach", "--agents", "anthropic"));
    assertThat(queued.exitCode()).as(queued.err()).isZero();
  }

  /** Until its model is asked: from then on nothing happens any more. */
  private static void awaitCandidate(UUID asked) {
    Cancellation seen = new Cancellation();
    try {
      new EventReader(winnow.database())
          .follow(
              asked,
              0,
              recorded -> {
                if (recorded.event() instanceof RunEvent.CandidateStarted) {
                  seen.cancel("seen");
                }
              },
              seen);
    } catch (Cancellation.Cancelled e) {
      assertThat(e).hasMessageContaining("seen");
    }
  }

  private static String script(String name, String json) throws IOException {
    return "scripted:" + Files.writeString(winnow.newDirectory().resolve(name), json);
  }

  private static UUID ask(Optional<String> judge, String... agents) throws IOException {
    return services.ask(
        new Task("one or two?"),
        List.of(agents),
        judge,
        Duration.ofHours(1),
        Budget.UNLIMITED,
        winnow.newDirectory());
  }

  @AfterAll
  static void close() throws Exception {
    STOP.cancel("the test is over");
    node.join();
    services.close();
    winnow.close();
  }

  private static CommandLineRunner.Context context(Map<String, String> environment)
      throws IOException {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    Console console =
        new Console(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, false, false, false);
    return new CommandLineRunner.Context(
        console, new Interrupts(), environment, winnow.newDirectory());
  }

  private static HttpResponse<String> get(String address, String accept) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(address)).header("Accept", accept).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Stands before the node and tells when Prometheus has asked. */
  private record Relay(HttpServer server, Semaphore asked) implements AutoCloseable {
    static Relay start() throws IOException {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      Relay relay = new Relay(server, new Semaphore(0));
      server.createContext("/", relay::pass);
      server.start();
      return relay;
    }

    private void pass(HttpExchange exchange) throws IOException {
      try (exchange) {
        HttpResponse<String> page = get(url, exchange.getRequestHeaders().getFirst("Accept"));
        byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
        exchange
            .getResponseHeaders()
            .set("Content-Type", page.headers().firstValue("Content-Type").orElseThrow());
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      } catch (Exception e) {
        throw new IOException(e);
      } finally {
        asked.release();
      }
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void inTheMiddleOfARunARealPrometheusHasTheNumbersOfTheDatabase() throws Exception {
    Path home = winnow.newDirectory();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (Relay relay = Relay.start()) {
      Path settings = home.resolve("prometheus.yml");
      Files.writeString(
          settings,
          """
          global: {scrape_interval: 1s}
          scrape_configs:
            - job_name: winnow
              static_configs: [{targets: ["127.0.0.1:%d"]}]
          """
              .formatted(relay.server().getAddress().getPort()));
      Process prometheus =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=" + settings,
                  "--storage.tsdb.path=" + home.resolve("data"),
                  "--enable-feature=exemplar-storage",
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("log").toFile())
              .start();
      try {
        relay.asked().acquire(3); // when it asks again, what it got before is stored
        CompareNumbers compare =
            new CompareNumbers("http://127.0.0.1:" + port + "/api/v1/", winnow.database());
        compare.all();
        for (String expression : expressions()) {
          compare.assertIsVector(expression);
        }
      } finally {
        prometheus.destroyForcibly().waitFor();
      }
    }
  }

  private static String promtool(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void theProcessTellsOfItself() throws Exception {
    double before = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    String page = get(url, "text/plain").body();
    double after = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    assertThat(Counted.of(page, "jvm_cpu_time_seconds_total")).isBetween(before - 0.02, after);
    assertThat(Counted.of(page, "jvm_memory_used_bytes", "jvm_memory_type=\"heap\""))
        .isBetween(1e6, (double) Runtime.getRuntime().maxMemory());
    assertThat(Counted.of(page, "jvm_threads"))
        .isBetween(1.0, (double) ManagementFactory.getThreadMXBean().getPeakThreadCount());
  }

  @Test
  void promtoolFindsNothingToComplainAbout() throws Exception {
    String page = get(url, "text/plain").body();
    assertThat(page).contains("winnow_run_duration_seconds_bucket", "jvm_memory_used_bytes");
    assertThat(promtool(page, "check", "metrics")).isBlank();
    assertThat(promtool("", "check", "rules", "docs/operations/alerts.yml")).contains("SUCCESS");
  }

  @Test
  void whatABackEndDidNotTakeIsCounted() throws Exception {
    // the first lines come seconds after the spans: on a fast machine, after everything above
    while (!Files.exists(spans)) {
      ChaosPoint.pause(winnow.database());
    }
    long made;
    try (Stream<String> lines = Files.lines(spans)) {
      made = lines.count();
    }
    String page = get(url, "text/plain").body();
    double dropped =
        page.lines()
            .filter(line -> line.startsWith("winnow_telemetry_dropped_total{backend=\"otlp\""))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
    assertThat(dropped).isGreaterThanOrEqualTo((double) (made - PLACES)).isPositive();
    assertThat(page)
        .contains("winnow_telemetry_dropped_total{backend=\"file\",reason=\"failed\"} 0.0");
  }

  @Test
  void exemplarsLeadToTheTraceOfTheRun() {
    assertThat(first.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(first.body()).endsWith("# EOF\n");
    assertThat(
            first
                .body()
                .lines()
                .filter(line -> line.startsWith("winnow_runs_finished_total"))
                .filter(line -> !line.endsWith(" 0.0")))
        .singleElement()
        .asString()
        .containsPattern("# \\{.*trace_id=\"[0-9a-f]{32}\".*}");
  }

  /** What nothing here makes: each is in a test beside what makes it, by this very name. */
  private static final Set<String> MADE_ELSEWHERE =
      Set.of(
          "winnow_model_retries",
          "winnow_limiter_wait_seconds",
          "winnow_sandbox_failures",
          "winnow_event_lag_seconds",
          "http_server_request_duration_seconds");

  private static List<String> expressions() throws IOException {
    String dashboard = Files.readString(Path.of("docs/operations/grafana-dashboard.json"));
    List<String> all = Json.read(dashboard, JsonNode.class).findValuesAsText("expr");
    assertThat(all).hasSizeGreaterThan(30);
    return all;
  }

  @Test
  void theDashboardShowsEveryMetricAndNoneThatIsNotThere() throws Exception {
    Set<String> there = new TreeSet<>(MADE_ELSEWHERE);
    get(url, "text/plain")
        .body()
        .lines()
        .filter(line -> line.startsWith("# TYPE "))
        .forEach(line -> there.add(line.split(" ")[2].replaceAll("_total$", "")));
    assertThat(names(String.join(" ", expressions()))).isEqualTo(there);
    assertThat(there)
        .containsAll(names(Files.readString(Path.of("docs/operations/alerts.yml"))))
        .containsAll(MADE_ELSEWHERE);
  }

  /** Of the metrics, without what their type puts behind them. */
  private static Set<String> names(String text) {
    return Pattern.compile("\\b(?:winnow|jvm|gen_ai_client|http_server)_[a-z_]+(?=[ {\\[)]|$)")
        .matcher(text.replaceAll("by \\([^)]*\\)", ""))
        .results()
        .map(found -> found.group().replaceAll("_(bucket|sum|count|total)$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
