package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run whose process is killed: its second trace names the first, and its timeline has both. */
@Timeout(180)
class ResumedTraceTest {

  @Test
  void aResumedRunLinksToTheTraceThatWasInterrupted() throws Exception {
    try (TestCommandLine winnow = TestCommandLine.create();
        OtlpReceiver otlp = OtlpReceiver.start()) {
      FixtureRepository shell = FixtureRepository.create("shell", winnow.newDirectory());
      Map<String, String> environment = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.url());
      String run = interrupt(winnow, shell, environment);
      String before =
          winnow
              .database()
              .queryOne(
                  "select split_part(traceparent, '-', 2) as id from trace where subject = 'run'",
                  row -> row.text("id"))
              .orElseThrow();

      assertThat(winnow.run(environment, "runs", "resume", run).exitCode()).isZero();

      List<Span> after =
          otlp.spans().stream().filter(span -> !trace(span.getTraceId()).equals(before)).toList();
      SpanTree.of(after).assertSound();
      assertThat(after)
          .extracting(SpanTree.of(after)::path)
          .contains(
              "run > candidate > green > chat slow.json",
              "run > candidate > repair > test run > command");
      assertThat(SpanTree.of(after).named("run").getFirst().getLinksList())
          .singleElement()
          .extracting(link -> trace(link.getTraceId()))
          .isEqualTo(before);
      List<JsonNode> timeline = winnow.run("runs", "show", run, "--timeline", "--json").lines();
      assertThat(timeline.stream().map(span -> span.path("attempt").asLong()).distinct())
          .hasSize(2);
      assertThat(timeline.getLast().path("end").isNull()).isFalse();
      assertLinked(winnow, otlp, environment, run, trace(after.getFirst().getTraceId()));
      assertThat(winnow.run("runs", "show", run, "--timeline").out())
          .contains("Attempt 1\n", "Attempt 2\n", "candidate c1", "█");
    }
  }

  /** A fork is a run of its own, with a link to the newest trace of where it comes from. */
  private static void assertLinked(
      TestCommandLine winnow,
      OtlpReceiver otlp,
      Map<String, String> environment,
      String run,
      String newest) {
    TestCommandLine.Result fork =
        winnow.run(environment, "runs", "fork", run, "--at", "evidence", "--json");
    assertThat(fork.exitCode()).as(fork.err()).isZero();
    String id = fork.last().path("run").asText();
    List<Span> own =
        otlp.spans().stream()
            .filter(span -> SpanTree.attribute(span, "winnow.run.id").equals(id))
            .toList();
    SpanTree.of(own).assertSound();
    assertThat(SpanTree.of(own).named("run").getFirst().getLinksList())
        .singleElement()
        .extracting(link -> trace(link.getTraceId()))
        .isEqualTo(newest);
  }

  private static String trace(com.google.protobuf.ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  /** Kills the process as soon as the run's first trace is known; its id. */
  private static String interrupt(
      TestCommandLine winnow, FixtureRepository shell, Map<String, String> environment)
      throws Exception {
    // what it should do at once it does when it is asked to repair
    ObjectNode slow =
        Json.read(Files.readString(shell.scripts().resolve("right.json")), ObjectNode.class);
    slow.put("latencyMs", 800);
    slow.putArray("repair").add(slow.get("green"));
    slow.putArray("green").addObject().put("say", "not yet");
    Path script = Files.writeString(winnow.newDirectory().resolve("slow.json"), Json.write(slow));
    try (ChildWinnow child =
        ChildWinnow.start(
            winnow, environment, shell.run("--json", "--agents", "scripted:" + script))) {
      String run = child.awaitPhase("candidates").path("run").asText();
      child.await(line -> line.path("type").asText().equals("red-checked"));
      child.kill();
      return run;
    }
  }
}
