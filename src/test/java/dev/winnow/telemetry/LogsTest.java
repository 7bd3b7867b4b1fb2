package dev.winnow.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LogsTest {

  @Test
  void aLineForPeopleIsOneLineWithoutSecretsAndControls() {
    String line =
        Logs.human(
            Level.WARN,
            "dev.winnow.run.ChangeRun",
            "a\nb \u001b[31m" + "sk-" + "proj-abcdefghijklmnop",
            null);
    assertThat(line).matches("\\d\\d:\\d\\d:\\d\\d WARN ChangeRun: a b  ?\\[31m\\[secret]");
  }

  @Test
  void aLineForMachinesSaysWhichRunCandidateAndErrorItIsAbout() {
    JsonNode line =
        TelemetryCollector.off()
            .collecting(() ->
                Span.of("run")
                    .run("0190-run", new RecordSpans())
                    .call(_ ->
                        Fork.each(
                                List.of("c1"),
                                Cancellation.never(),
                                id ->
                                    _ ->
                                        Span.of("candidate")
                                            .candidate(id, "codex")
                                            .call(_ ->
                                                Logs.json(
                                                    Level.ERROR,
                                                    "dev.winnow.X",
                                                    "it \"broke\"",
                                                    new IllegalStateException("why"))))
                            .getFirst()))
            .transform(json -> Json.read(json, JsonNode.class));
    assertThat(line.path("run").asText()).isEqualTo("0190-run");
    assertThat(line.path("candidate").asText()).isEqualTo("c1");
    assertThat(line.path("message").asText()).isEqualTo("it \"broke\"");
    assertThat(line.path("error").asText()).isEqualTo("java.lang.IllegalStateException");
    assertThat(line.path("stack").asText()).contains("why", "LogsTest");
  }

  @Test
  void whatIsDoneAboutARunOutsideOfItsStepsSaysSoToo() {
    String line =
        TelemetryCollector.about(
            "0190-run", () -> Logs.json(Level.WARN, "dev.winnow.X", "not settled", null));
    assertThat(Json.read(line, JsonNode.class).path("run").asText()).isEqualTo("0190-run");
  }

  @Test
  void othersAreQuieterThanWinnow() {
    assertThat(Logs.lets("org.flywaydb.core.X", Level.WARN)).isFalse();
    assertThat(Logs.lets("com.github.kagkarlsson.X", Level.ERROR)).isFalse();
    assertThat(Logs.lets("org.eclipse.jetty.X", Level.INFO)).isFalse();
    assertThat(Logs.lets("org.eclipse.jetty.X", Level.WARN)).isTrue();
    assertThat(Logs.lets("dev.winnow.X", Level.ERROR)).isTrue();
    assertThat(Logs.lets("dev.winnow.X", Level.DEBUG, Level.DEBUG)).isTrue();
    assertThat(Logs.lets("org.eclipse.jetty.X", Level.INFO, Level.DEBUG)).isFalse();
    assertThat(Logs.lets("org.eclipse.jetty.X", Level.DEBUG, Level.TRACE)).isTrue();
    assertThat(Logs.lets("org.eclipse.jetty.X", Level.WARN, Level.ERROR)).isFalse();
  }
}
