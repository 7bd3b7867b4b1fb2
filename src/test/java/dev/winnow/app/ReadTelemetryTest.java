package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.telemetry.TelemetrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadTelemetryTest {

  @TempDir private Path directory;
  private final List<String> errors = new ArrayList<>();

  private TelemetrySettings read(Map<String, String> environment, Map<String, String> dotEnv) {
    Variables variables = new Variables(environment, dotEnv, directory.resolve(".env"));
    return new ReadTelemetry(variables, errors, new HashMap<>()).read();
  }

  @Test
  void withoutSettingsThereIsNoBackEnd() {
    assertThat(read(Map.of(), Map.of()).on()).isFalse();
    assertThat(errors).isEmpty();
  }

  @Test
  void theStandardVariablesSwitchOtlpOnAndOff() {
    Map<String, String> on = Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1");
    assertThat(read(on, Map.of()).otlp()).isTrue();
    assertThat(read(Map.of("OTEL_TRACES_EXPORTER", "otlp"), Map.of()).otlp()).isTrue();
    Map<String, String> off = new HashMap<>(on);
    off.put("OTEL_SDK_DISABLED", "true");
    assertThat(read(off, Map.of()).on()).isFalse();
    assertThat(errors).isEmpty();
  }

  @Test
  void aTokenOfLogfireSaysItsRegionAndIsNotShown() {
    Map<String, String> dotEnv =
        Map.of("LOGFIRE_TOKEN", "pylf_v1_eu_abcdefghijklmnop0", "LOGFIRE_SERVICE_NAME", "mine");
    TelemetrySettings settings = read(Map.of(), dotEnv);
    assertThat(settings.logfire().orElseThrow().endpoint())
        .isEqualTo("https://logfire-eu.pydantic.dev");
    assertThat(settings.logfire().orElseThrow().service()).contains("mine");
    assertThat(settings.toString()).doesNotContain("abcdefghijklmnop0");
    assertThat(ReadTelemetry.shown(settings, Map.of()).toString())
        .contains("set, not shown")
        .doesNotContain("abcdefghijklmnop0");
    assertThat(errors).isEmpty();
  }

  @Test
  void aDotEnvMayNotSayWhereDataGoes() throws IOException {
    TelemetrySettings below = read(Map.of(), Map.of("TELEMETRY_FILE", "logs/spans.jsonl"));
    assertThat(below.file()).contains(directory.resolve("logs/spans.jsonl"));
    assertThat(errors).isEmpty();

    Files.createSymbolicLink(directory.resolve("away"), Path.of("/tmp"));
    for (String file : List.of("../outside", "/tmp/outside", "away/outside", "away")) {
      errors.clear();
      var _ = read(Map.of(), Map.of("TELEMETRY_FILE", file));
      assertThat(errors).as(file).isNotEmpty();
    }
    errors.clear();
    var _ =
        read(
            Map.of(),
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://evil.example",
                "LOGFIRE_BASE_URL",
                "http://evil.example"));
    assertThat(errors)
        .hasSize(2)
        .allMatch(error -> error.endsWith("must not set this; export it in the environment"));
  }

  @Test
  void whatIsWrongIsNamed() {
    var _ =
        read(
            Map.of(
                "LOGFIRE_TRACE_URL_TEMPLATE",
                "https://x.example/no-id",
                "WINNOW_LOG_LEVEL",
                "loud",
                "WINNOW_LOG_FORMAT",
                "yaml"),
            Map.of());
    assertThat(errors)
        .anyMatch(error -> error.contains("LOGFIRE_TRACE_URL_TEMPLATE: expected"))
        .anyMatch(error -> error.contains("WINNOW_LOG_LEVEL: expected one of error, warn, info"))
        .anyMatch(error -> error.contains("WINNOW_LOG_FORMAT: expected auto, human or json"))
        .hasSize(3);
  }
}
