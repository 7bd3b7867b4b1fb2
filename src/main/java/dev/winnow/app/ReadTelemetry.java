package dev.winnow.app;

import dev.winnow.app.Variables.Found;
import dev.winnow.telemetry.Logs;
import dev.winnow.telemetry.TelemetrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads which back ends get spans and metrics, and how loud logs are. A {@code .env} may name a
 * file below its own directory and a Logfire token; what sends data to an address of its choice is
 * for the operator's own environment.
 */
final class ReadTelemetry {

  static final String CONTENT = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

  private final Variables variables;
  private final List<String> errors;
  private final Map<String, String> sources;

  ReadTelemetry(Variables variables, List<String> errors, Map<String, String> sources) {
    this.variables = variables;
    this.errors = errors;
    this.sources = sources;
  }

  TelemetrySettings read() {
    for (String name : variables.dotEnv().keySet()) {
      if (name.startsWith("OTEL_") || name.equals("LOGFIRE_BASE_URL")) {
        errors.add(
            "%s: %s: a .env file must not set this; export it in the environment"
                .formatted(variables.file(), name));
      }
    }
    logs();
    Map<String, String> otel = new TreeMap<>();
    variables
        .environment()
        .forEach((name, value) -> {
          if (name.startsWith("OTEL_") && !value.isBlank()) {
            otel.put(name, value.strip());
            sources.put(name, "environment: " + name);
          }
        });
    return new TelemetrySettings(
        otel, logfire(), file(), false, "true".equalsIgnoreCase(otel.get(CONTENT)), template(), "");
  }

  private void logs() {
    found("WINNOW_LOG_LEVEL")
        .ifPresent(level ->
            Logs.level(level.value())
                .ifPresentOrElse(
                    Logs::choose,
                    () -> errors.add(level.where() + ": expected one of " + Logs.levels())));
    found("WINNOW_LOG_FORMAT")
        .ifPresent(format -> {
          switch (format.value().toLowerCase(Locale.ROOT)) {
            case "auto" -> {
              // a terminal is told, everything else gets JSON
            }
            case "json" -> Logs.asJson(true);
            case "human" -> Logs.asJson(false);
            default -> errors.add(format.where() + ": expected auto, human or json");
          }
        });
  }

  private Optional<TelemetrySettings.Logfire> logfire() {
    Optional<Found> token = found("LOGFIRE_TOKEN");
    Optional<String> service = found("LOGFIRE_SERVICE_NAME").map(Found::value);
    Optional<String> environment = found("LOGFIRE_ENVIRONMENT").map(Found::value);
    Optional<Found> base = found("LOGFIRE_BASE_URL");
    base.filter(url -> !url.value().matches("https?://[^\\s/]+(/[^\\s]*)?"))
        .ifPresent(url -> errors.add(url.where() + ": expected https://host"));
    return token.map(found ->
        new TelemetrySettings.Logfire(
            found.value(),
            base.map(Found::value)
                .map(url -> url.replaceAll("/+$", ""))
                .orElse(region(found.value())),
            service,
            environment));
  }

  /** A token of today names its region; older ones are from the USA. */
  private static String region(String token) {
    return token.startsWith("pylf_v1_eu_")
        ? "https://logfire-eu.pydantic.dev"
        : "https://logfire-us.pydantic.dev";
  }

  private Optional<String> template() {
    Optional<Found> found = found("LOGFIRE_TRACE_URL_TEMPLATE");
    found
        .filter(template -> !template.value().matches("https?://\\S*\\{trace_id\\}\\S*"))
        .ifPresent(template ->
            errors.add(template.where() + ": expected an https address with {trace_id} in it"));
    return found.map(Found::value);
  }

  private Optional<Path> file() {
    Optional<Found> found = found("TELEMETRY_FILE");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Path directory = variables.file().toAbsolutePath().getParent();
    Path file;
    try {
      Path named = Path.of(found.get().value());
      file = (directory == null ? named : directory.resolve(named)).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      errors.add(found.get().where() + ": not a path");
      return Optional.empty();
    }
    if (Files.isDirectory(file)) {
      errors.add(found.get().where() + ": is a directory");
    }
    if (found.get().fromFile() && !isBelow(file, directory)) {
      errors.add(
          found.get().where()
              + ": a .env file may name a file below its own directory only; export it in the environment");
    }
    return Optional.of(file);
  }

  /** Without a symbolic link on the way: it could lead to any file of whoever runs Winnow. */
  private static boolean isBelow(Path file, @Nullable Path directory) {
    if (directory == null || Files.isSymbolicLink(file)) {
      return false;
    }
    try {
      Path existing = file.getParent();
      while (existing != null && !Files.exists(existing)) {
        existing = existing.getParent();
      }
      return existing != null && existing.toRealPath().startsWith(directory.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private Optional<Found> found(String name) {
    Optional<Found> found = variables.find(name);
    found.ifPresent(f -> sources.put(name, f.where()));
    return found;
  }

  /** Every setting, as the doctor shows it. */
  static List<Settings.Shown> shown(TelemetrySettings telemetry, Map<String, String> sources) {
    TreeMap<String, String> values = new TreeMap<>();
    values.put("TELEMETRY_FILE", telemetry.file().map(Path::toString).orElse("off"));
    values.put(
        "LOGFIRE_TOKEN",
        telemetry.logfire().map(l -> "set, not shown; to " + l.endpoint()).orElse("off"));
    values.put("LOGFIRE_TRACE_URL_TEMPLATE", telemetry.traceUrl().orElse("none"));
    telemetry
        .logfire()
        .ifPresent(logfire -> {
          values.put("LOGFIRE_SERVICE_NAME", logfire.service().orElse("winnow"));
          values.put("LOGFIRE_ENVIRONMENT", logfire.environment().orElse("none"));
        });
    telemetry
        .otel()
        .forEach(
            (name, value) -> values.put(name, name.endsWith("HEADERS") ? "set, not shown" : value));
    for (String name : List.of("WINNOW_LOG_LEVEL", "WINNOW_LOG_FORMAT")) {
      if (sources.containsKey(name)) {
        values.put(name, "set");
      }
    }
    return values.entrySet().stream()
        .map(e ->
            new Settings.Shown(
                e.getKey(), e.getValue(), sources.getOrDefault(e.getKey(), "default")))
        .toList();
  }
}
