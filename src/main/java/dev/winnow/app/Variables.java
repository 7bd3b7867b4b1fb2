package dev.winnow.app;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Environment variables over those of a {@code .env} file.
 *
 * @param file the {@code .env}
 */
record Variables(Map<String, String> environment, Map<String, String> dotEnv, Path file) {

  /**
   * A value and who says it.
   *
   * @param fromFile written by whoever controls the directory
   */
  record Found(String value, String where, boolean fromFile) {}

  /** Blank counts as not set. */
  Optional<Found> find(String name) {
    String value = environment.getOrDefault(name, "");
    if (!value.isBlank()) {
      return Optional.of(new Found(value.strip(), "environment: " + name, false));
    }
    String written = dotEnv.getOrDefault(name, "");
    return written.isBlank()
        ? Optional.empty()
        : Optional.of(new Found(written.strip(), file + ": " + name, true));
  }
}
