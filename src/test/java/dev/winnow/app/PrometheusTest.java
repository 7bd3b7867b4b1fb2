package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.checkpoint.Budget;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.spec.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
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
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real Prometheus fetches a node's metrics; promtool reads them and the files of the docs. */
@Timeout(240)
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
            "run",
            "--detach",
            "--json",
            "--repo",
            shell.directory().toString(),
            "--task",
            shell.task(),
            "--test-command",
            "sh run.sh",
            "--junit",
            "build/report.xml",
            "--agents",
            String.join(
                ",",
                shell.agent("right"),
                shell.agent("subtle"),
                script("idle.json", "{\"answer\": [{\"say\": \"nothing to do\"}]}")),
            "--tester",
            shell.agent("tester"));
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
    String slow = script("slow.json", "{\"latencyMs\": 600000, \"answer\": [{\"say\": \"x\"}]}");
    awaitCandidate(ask(Optional.empty(), slow));
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
        compare("http://127.0.0.1:" + port + "/api/v1/");
      } finally {
        prometheus.destroyForcibly().waitFor();
      }
    }
  }

  private static void compare(String api) throws Exception {
    assertNumbers(
        api,
        "sum by (outcome) (winnow_runs_finished_total)",
        "select outcome as name, count(*) as n from run where outcome is not null group by 1");
    assertNumbers(
        api,
        "winnow_runs > 0",
        "select case when outcome is null then 'running' else 'finished' end as name, count(*) as n from run group by 1");
    assertNumbers(
        api,
        "sum by (outcome) (winnow_runs_finished_total{kind=\"answer\"})",
        "select outcome as name, count(*) as n from run where kind = 'answer' and outcome is not null group by 1");
    assertNumbers(
        api,
        "sum by (reason) (winnow_gate_vetoes_total)",
        "select v ->> 'class' as name, count(*) as n from run, jsonb_array_elements(result -> 'candidates') c, jsonb_array_elements(c -> 'vetoes') v group by 1");
    assertNumbers(
        api,
        "sum by (result) (winnow_judge_judgements_total)",
        "select 'disagreed' as name, count(*) / 2 as n from event where body ->> 'type' = 'judge-answered'");
    assertNumbers(
        api,
        "sum by (rule) (winnow_decisions_total)",
        "select body ->> 'rule' as name, count(*) as n from event where body ->> 'type' = 'decided' group by 1");
    assertNumbers(
        api,
        "sum by (model) (winnow_model_calls_total{provider=\"scripted\",status=\"ok\"})",
        "select 'scripted' as name, count(*) as n from step where state = 'done' and key like '%/call'");
    assertNumbers(
        api,
        "sum by (gen_ai_request_model) (gen_ai_client_operation_duration_seconds_count)",
        "select 'scripted' as name, count(*) as n from step where state = 'done' and key like '%/call'");
    assertNumbers(
        api,
        "sum by (agent) (winnow_candidates_finished_total)",
        "select agent as name, count(*) as n from candidate group by 1");
    assertNumbers(
        api,
        "sum by (outcome) (winnow_matrix_cells_total)",
        "select body ->> 'outcome' as name, count(*) as n from event where body ->> 'type' = 'cell-finished' group by 1");
    assertNumbers(
        api,
        "sum by (tool) (winnow_tool_calls_total)",
        "select body ->> 'tool' as name, count(*) as n from event where body ->> 'type' = 'tool-returned' group by 1");
    assertNumbers(
        api,
        "sum by (job) (winnow_journal_writes_total)",
        "select 'winnow' as name, count(*) as n from step where state = 'done'");
    assertNumbers(
        api,
        "sum by (job) (winnow_test_runs_total)",
        "select 'winnow' as name, count(*) as n from step where state = 'done' and key like 'tests/%'");
    assertNumbers(
        api,
        "sum by (job) (winnow_cost_usd_total * 1e6)",
        "select 'winnow' as name, sum(cost_micros) as n from ledger");
    assertNumbers(
        api,
        "sum by (type) (winnow_tokens_total{type=\"input\"})",
        "select 'input' as name, sum(input_tokens) as n from ledger");
  }

  private static JsonNode query(String api, String kind, String query) throws Exception {
    String address = api + kind + URLEncoder.encode(query, StandardCharsets.UTF_8);
    HttpResponse<String> response = get(address, "application/json");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Json.read(response.body(), JsonNode.class).path("data");
  }

  /** The metric's values, by the one label that is left, are those of the statement. */
  private static void assertNumbers(String api, String metric, String sql) throws Exception {
    Map<String, Long> scraped = new HashMap<>();
    for (JsonNode series : query(api, "query?query=", metric).path("result")) {
      JsonNode labels = series.path("metric");
      String name =
          labels.has("state") ? labels.path("state").asText() : labels.elements().next().asText();
      scraped.put(name, Math.round(series.path("value").path(1).asDouble()));
    }
    Map<String, Long> stored = new HashMap<>();
    winnow
        .database()
        .query(sql, row -> Map.entry(row.text("name"), row.number("n")))
        .forEach(row -> stored.put(row.getKey(), row.getValue()));
    assertThat(scraped).as(metric).isEqualTo(stored).isNotEmpty();
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
  void promtoolFindsNothingToComplainAbout() throws Exception {
    String page = get(url, "text/plain").body();
    assertThat(page).contains("winnow_run_duration_seconds_bucket", "jvm_memory_used_bytes");
    assertThat(promtool(page, "check", "metrics")).isBlank();
    assertThat(promtool("", "check", "rules", "docs/operations/alerts.yml")).contains("SUCCESS");
  }

  @Test
  void whatABackEndDidNotTakeIsCounted() throws Exception {
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
    assertThat(first.body().lines().filter(line -> line.startsWith("winnow_runs_finished_total")))
        .singleElement()
        .asString()
        .containsPattern("# \\{.*trace_id=\"[0-9a-f]{32}\".*}");
  }

  @Test
  void noMetricOfTheDashboardAndTheAlertsIsMissingFromThePage() throws Exception {
    String page = get(url, "text/plain").body();
    String files =
        Files.readString(Path.of("docs/operations/alerts.yml"))
            + Files.readString(Path.of("docs/operations/grafana-dashboard.json"));
    assertThat(
            Json.read(
                    Files.readString(Path.of("docs/operations/grafana-dashboard.json")),
                    JsonNode.class)
                .path("panels"))
        .isNotEmpty();
    // what has no value before something goes wrong is in the code
    String code = Files.readString(Path.of("src/main/java/dev/winnow/telemetry/Metrics.java"));
    java.util.regex.Pattern.compile("\\b(?:winnow|jvm|gen_ai|http_server)_[a-z_]+")
        .matcher(files)
        .results()
        .map(java.util.regex.MatchResult::group)
        .distinct()
        .forEach(name -> {
          String base =
              name.replaceAll("_(bucket|sum|count|total)$", "").replaceAll("_(seconds|bytes)$", "");
          assertThat(page.contains(name) || code.contains("\"" + base.replace('_', '.') + "\""))
              .as(name)
              .isTrue();
        });
  }
}
