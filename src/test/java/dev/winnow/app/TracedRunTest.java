package dev.winnow.app;

import static dev.winnow.app.SpanTree.attribute;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.http.Role;
import dev.winnow.telemetry.Counted;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What back ends get of a run of two agents, a tester and a judge; and that they cannot harm it.
 */
@Timeout(240)
@Order(2) // not among the last, where it would be alone
class TracedRunTest {

  private static final String OUTER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static TestCommandLine winnow;
  private static FixtureRepository shell;

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static JsonNode dual(Map<String, String> environment) {
    TestCommandLine.Result result =
        winnow.run(
            environment,
            shell.run(
                "--json",
                "--agents",
                shell.agent("right") + "," + shell.agent("subtle"),
                "--tester",
                shell.agent("tester")));
    assertThat(result.exitCode()).as(result.err() + result.out()).isZero();
    return result.last();
  }

  /** One run for all back ends that work: the others are compared with it. */
  private static JsonNode traced;

  private static SpanTree tree;
  private static Path file;

  @BeforeAll
  static void run() throws IOException {
    winnow = TestCommandLine.create();
    shell = FixtureRepository.create("shell", winnow.newDirectory());
    file = winnow.newDirectory().resolve("spans.jsonl");
    try (OtlpReceiver otlp = OtlpReceiver.start();
        OtlpReceiver logfire = OtlpReceiver.start()) {
      Map<String, String> environment = new HashMap<>();
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.url());
      environment.put("OTEL_EXPORTER_OTLP_HEADERS", "x-team=the%20winnowers");
      environment.put("LOGFIRE_TOKEN", "pylf_v1_eu_0123456789abcdefghijkl");
      environment.put("LOGFIRE_BASE_URL", logfire.url());
      environment.put("LOGFIRE_SERVICE_NAME", "winnow-test");
      environment.put("LOGFIRE_ENVIRONMENT", "testing");
      environment.put(
          "LOGFIRE_TRACE_URL_TEMPLATE", "https://traces.example.org/t/{trace_id}#{span_id}");
      environment.put("TELEMETRY_FILE", file.toString());
      traced = dual(environment);
      tree = SpanTree.of(otlp.spans());
      assertThat(otlp.headers()).allMatch(h -> "the winnowers".equals(h.get("X-team")));
      assertThat(logfire.headers())
          .allMatch(h -> "pylf_v1_eu_0123456789abcdefghijkl".equals(h.get("Authorization")));
      assertThat(logfire.traces().getFirst().toString())
          .contains("winnow-test", "deployment.environment.name", "testing", "service.version");
      assertThat(logfire.spans()).hasSameSizeAs(tree.spans());
      assertThat(otlp.metrics().toString())
          .contains("winnow.runs.finished", "gen_ai.client.operation.duration");
    }
  }

  @Test
  void aDualRunIsOneTreeByTheConventions() throws Exception {
    tree.assertSound();
    assertPhases(tree);
    assertConventions(tree, traced.path("run").asText());
    assertLines(file, tree);
  }

  @Test
  void theRunItsCandidatesAndItsDecisionLeadToTheirSpans() {
    String trace = HexFormat.of().formatHex(tree.spans().getFirst().getTraceId().toByteArray());
    JsonNode shown =
        winnow.run("runs", "show", traced.path("run").asText(), "--json").last().path("traces");
    for (String subject : List.of("run", "c1", "c2", "decision")) {
      assertThat(shown.path(subject).asText())
          .startsWith("https://traces.example.org/t/" + trace + "#");
    }
  }

  private static void assertPhases(SpanTree tree) {
    assertThat(tree.spans())
        .extracting(tree::path)
        .contains(
            "run > prepare > test run > command",
            "run > independent tests > test run > command",
            "run > candidate > red > chat right.json",
            "run > candidate > red > execute_tool fs_write_file",
            "run > candidate > red > test run > command",
            "run > candidate > red > checkpoint",
            "run > candidate > green > test run > command",
            "run > evidence > matrix cell > test run > command",
            "run > judge",
            "run > decision > checkpoint",
            "run > deliver");
    assertThat(tree.named("candidate")).hasSize(2);
  }

  private static void assertConventions(SpanTree tree, String run) {
    assertThat(tree.spans()).allMatch(span -> attribute(span, "winnow.run.id").equals(run));
    for (Span call : tree.starting("chat ")) {
      assertThat(attribute(call, "gen_ai.operation.name")).isEqualTo("chat");
      assertThat(attribute(call, "gen_ai.provider.name")).isEqualTo("scripted");
      assertThat(call.getName()).isEqualTo("chat " + attribute(call, "gen_ai.request.model"));
      assertThat(attribute(call, "gen_ai.response.model")).isNotEmpty();
      assertThat(attribute(call, "gen_ai.usage.input_tokens")).isEqualTo("1000");
      assertThat(attribute(call, "gen_ai.usage.output_tokens")).isEqualTo("200");
      assertThat(attribute(call, "gen_ai.usage.cache_read.input_tokens")).isEqualTo("0");
      assertThat(attribute(call, "gen_ai.usage.reasoning.output_tokens")).isEqualTo("0");
      assertThat(attribute(call, "gen_ai.response.finish_reasons")).isIn("stop", "tool_call");
      assertThat(attribute(call, "gen_ai.input.messages")).isEmpty();
      assertThat(call.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
      assertThat(attribute(call, "winnow.candidate.id")).isIn("c1", "c2", "tester");
    }
    for (Span tool : tree.starting("execute_tool ")) {
      assertThat(attribute(tool, "gen_ai.operation.name")).isEqualTo("execute_tool");
      assertThat(tool.getName()).isEqualTo("execute_tool " + attribute(tool, "gen_ai.tool.name"));
      assertThat(attribute(tool, "gen_ai.tool.call.id")).isNotEmpty();
    }
  }

  private static void assertLines(Path file, SpanTree tree) throws IOException {
    List<JsonNode> lines =
        Files.readAllLines(file).stream().map(line -> Json.read(line, JsonNode.class)).toList();
    assertThat(lines).hasSameSizeAs(tree.spans());
    assertThat(lines)
        .allMatch(line -> line.has("timestamp") && line.has("duration_ms") && line.has("error"))
        .extracting(line -> line.path("span_id").asText())
        .containsExactlyInAnyOrderElementsOf(
            tree.spans().stream()
                .map(span -> HexFormat.of().formatHex(span.getSpanId().toByteArray()))
                .toList());
  }

  @Test
  void overGrpcARunBelowAnotherSpanBelongsToItsTrace() throws Exception {
    Path script =
        Files.writeString(
            winnow.newDirectory().resolve("four.json"), "{\"answer\": [{\"say\": \"four\"}]}");
    try (GrpcReceiver grpc = GrpcReceiver.start()) {
      Map<String, String> environment =
          Map.of(
              "OTEL_EXPORTER_OTLP_ENDPOINT",
              grpc.url(),
              "OTEL_EXPORTER_OTLP_PROTOCOL",
              "grpc",
              "TRACEPARENT",
              OUTER);
      assertThat(
              winnow.run(environment, "ask", "2 + 2?", "--agents", "scripted:" + script).exitCode())
          .isZero();
      List<Span> spans = grpc.spans();
      assertThat(spans)
          .extracting(span -> HexFormat.of().formatHex(span.getTraceId().toByteArray()))
          .containsOnly("0af7651916cd43dd8448eb211c80319c");
      assertThat(SpanTree.of(spans).named("run"))
          .singleElement()
          .extracting(span -> HexFormat.of().formatHex(span.getParentSpanId().toByteArray()))
          .isEqualTo("b7ad6b7169203331");
      assertThat(spans).extracting(Span::getName).contains("chat four.json", "decision");
      assertThat(grpc.metrics().toString()).contains("winnow.runs.finished");
    }
  }

  @Test
  void aRequestIsASpanBelowItsCallersAndIsNamedByItsRoute() throws Exception {
    try (OtlpReceiver otlp = OtlpReceiver.start()) {
      aRequestIsASpan(otlp);
    }
  }

  private static void aRequestIsASpan(OtlpReceiver otlp) throws Exception {
    Span request;
    try (TestServer server =
        TestServer.with(
            winnow,
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.url(), "OTEL_BSP_SCHEDULE_DELAY", "10"))) {
      String path = "/api/v1/tdd-runs/" + traced.path("run").asText();
      var answer =
          server.send(
              "GET",
              path,
              null,
              "Authorization",
              server.bearer("ada", Role.ADMIN),
              "traceparent",
              OUTER);
      assertThat(answer.statusCode()).isEqualTo(200);
      otlp.awaitFirst();
      request = otlp.spans().getFirst();
      assertThat(request.getName()).isEqualTo("GET /api/v1/tdd-runs/{id}");
      assertThat(request.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
      assertThat(HexFormat.of().formatHex(request.getTraceId().toByteArray()))
          .isEqualTo("0af7651916cd43dd8448eb211c80319c");
      assertThat(HexFormat.of().formatHex(request.getParentSpanId().toByteArray()))
          .isEqualTo("b7ad6b7169203331");
      assertThat(attribute(request, "http.route")).isEqualTo("/api/v1/tdd-runs/{id}");
      assertThat(attribute(request, "http.response.status_code")).isEqualTo("200");
      assertThat(attribute(request, "url.scheme")).isEqualTo("http");

      String admin = server.bearer("ada", Role.ADMIN);
      assertThat(server.get(admin, path + "0").statusCode()).isEqualTo(404);
      assertThat(server.send("GET", path, null, "traceparent", OUTER).statusCode()).isEqualTo(401);
      String page = server.get(admin, "/metrics").body();
      for (String status : List.of("200", "404", "401")) {
        assertThat(
                Counted.of(
                    page,
                    "http_server_request_duration_seconds_count",
                    "http_request_method=\"GET\"",
                    "http_route=\"/api/v1/tdd-runs/{id}\"",
                    "http_response_status_code=\"%s\"".formatted(status)))
            .as(status)
            .isOne();
      }
    }
    // closed, so that all of them are there
    List<Span> refused =
        otlp.spans().stream()
            .filter(span ->
                List.of("401", "404").contains(attribute(span, "http.response.status_code")))
            .toList();
    assertThat(refused)
        .hasSize(2)
        .allSatisfy(span -> {
          assertThat(span.getTraceId())
              .as("nobody knows who named it")
              .isNotEqualTo(request.getTraceId());
          assertThat(span.getStatus().getCode())
              .as("not the server's fault")
              .isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
        });
  }

  @Test
  void receiversThatDieInTheMiddleStallOrAreWrongChangeNothing() throws Exception {
    try (OtlpReceiver dying = OtlpReceiver.dying();
        OtlpReceiver stalled = OtlpReceiver.stalled()) {
      JsonNode result =
          dual(
              Map.of(
                  "OTEL_EXPORTER_OTLP_ENDPOINT",
                  dying.url(),
                  "OTEL_BSP_SCHEDULE_DELAY",
                  "10",
                  "OTEL_BSP_MAX_QUEUE_SIZE",
                  "4",
                  "LOGFIRE_TOKEN",
                  "pylf_v1_us_0123456789abcdefghijkl",
                  "LOGFIRE_BASE_URL",
                  stalled.url(),
                  "TELEMETRY_FILE",
                  "/proc/no/such/file"));
      dying.awaitFirst();
      stalled.awaitFirst();
      // it got what came before its end, and the run's last span came after it
      assertThat(dying.spans()).isNotEmpty().extracting(Span::getName).doesNotContain("run");
      for (String field : List.of("outcome", "winner", "decision", "candidates", "cost")) {
        assertThat(withoutTimes(result.path(field))).isEqualTo(withoutTimes(traced.path(field)));
      }
    }
  }

  private static String withoutTimes(JsonNode node) {
    return node.toString().replaceAll("\"(millis|seconds)\":[0-9.]+", "");
  }
}
