package dev.winnow.telemetry;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which back ends get spans and metrics. Any number at once; none is as good as any.
 *
 * @param otel the standard {@code OTEL_*} variables that are set
 * @param file where spans are written as lines of JSON
 * @param page whether metrics are kept for a Prometheus to fetch
 * @param content whether the texts of prompts, replies and tools are in spans: redacted and capped,
 *     but still the user's code
 * @param instance name of this process among all
 */
public record TelemetrySettings(
    Map<String, String> otel,
    Optional<Logfire> logfire,
    Optional<Path> file,
    boolean page,
    boolean content,
    Optional<String> traceUrl,
    String instance) {

  /** No back end. */
  public static final TelemetrySettings OFF =
      new TelemetrySettings(
          Map.of(), Optional.empty(), Optional.empty(), false, false, Optional.empty(), "");

  /**
   * Pydantic Logfire.
   *
   * @param token to write with; a secret
   * @param endpoint such as {@code https://logfire-eu.pydantic.dev}
   */
  public record Logfire(
      String token, String endpoint, Optional<String> service, Optional<String> environment) {
    @Override
    public String toString() {
      return "Logfire[" + endpoint + "]";
    }
  }

  public TelemetrySettings {
    otel = Map.copyOf(otel);
  }

  /** The same, with metrics for a Prometheus. */
  public TelemetrySettings withPage() {
    return new TelemetrySettings(otel, logfire, file, true, content, traceUrl, instance);
  }

  /** The same, for the process of this name. */
  public TelemetrySettings withInstance(String name) {
    return new TelemetrySettings(otel, logfire, file, page, content, traceUrl, name);
  }

  /** Whether OTLP is chosen, by an address or by name. */
  public boolean otlp() {
    if ("true".equalsIgnoreCase(otel.get("OTEL_SDK_DISABLED"))) {
      return false;
    }
    return otel.keySet().stream()
            .anyMatch(name -> name.matches("OTEL_EXPORTER_OTLP_(TRACES_|METRICS_)?ENDPOINT"))
        || names("OTEL_TRACES_EXPORTER").contains("otlp")
        || names("OTEL_METRICS_EXPORTER").contains("otlp");
  }

  /** Whether there is any back end. */
  public boolean on() {
    return otlp() || logfire.isPresent() || file.isPresent() || page;
  }

  private String names(String variable) {
    return otel.getOrDefault(variable, "");
  }
}
