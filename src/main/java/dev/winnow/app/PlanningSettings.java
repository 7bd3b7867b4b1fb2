package dev.winnow.app;

import dev.winnow.app.Variables.Found;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the settings say about planning.
 *
 * @param live {@code PLANNING_INTERVIEW_MODE}: models ask, or fixed questions; empty when nobody
 *     said so
 * @param artifacts {@code AUTOCODE_ARTIFACTS_DIR}: where specs are written as files as well
 * @param traces {@code LOGFIRE_TRACE_URL_TEMPLATE}: an address with <code>{trace_id}</code> in it
 */
record PlanningSettings(Optional<Boolean> live, Optional<Path> artifacts, Optional<String> traces) {

  static PlanningSettings read(
      Variables variables, List<String> errors, Map<String, String> sources) {
    return new PlanningSettings(
        mode(variables, errors, sources),
        artifacts(variables, errors, sources),
        variables
            .find("LOGFIRE_TRACE_URL_TEMPLATE")
            .map(Found::value)
            .filter(template -> template.contains("{trace_id}")));
  }

  private static Optional<Boolean> mode(
      Variables variables, List<String> errors, Map<String, String> sources) {
    String name = "PLANNING_INTERVIEW_MODE";
    Optional<Found> found = variables.find(name);
    found.ifPresent(f -> sources.put(name, f.where()));
    return found.flatMap(f ->
        switch (f.value().toLowerCase(Locale.ROOT)) {
          case "live" -> Optional.of(true);
          case "stub" -> Optional.of(false);
          default -> {
            errors.add(f.where() + ": expected live or stub");
            yield Optional.empty();
          }
        });
  }

  private static Optional<Path> artifacts(
      Variables variables, List<String> errors, Map<String, String> sources) {
    String name = "AUTOCODE_ARTIFACTS_DIR";
    Optional<Found> found = variables.find(name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    sources.put(name, found.get().where());
    Path base = Objects.requireNonNull(variables.file().toAbsolutePath().getParent());
    try {
      Path path = base.resolve(found.get().value()).normalize();
      if (found.get().fromFile() && !path.startsWith(base)) {
        // whoever controls the directory must not choose where else files are written
        errors.add(found.get().where() + ": a .env file may only name a directory below its own");
        return Optional.empty();
      }
      return Optional.of(path);
    } catch (InvalidPathException e) {
      errors.add(found.get().where() + ": not a path");
      return Optional.empty();
    }
  }
}
