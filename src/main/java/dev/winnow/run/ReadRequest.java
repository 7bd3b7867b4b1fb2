package dev.winnow.run;

import dev.winnow.Json;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is stored of a run's request. Another version may have written it, or an import, so
 * that it cannot be read is an answer and no defect: whoever retried it would do so for ever.
 *
 * @param problem why there is no request, and what to do, in one line; empty when there is one
 */
record ReadRequest(Optional<RunRequest> request, String problem) {

  private static final int REASON_CHARS = 200;

  /** What this program calls itself. */
  static String version() {
    String version = ReadRequest.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * @param json null for runs of the first release
   * @param madeBy the version that submitted the run; null for those that did not say so
   */
  static ReadRequest of(UUID run, @Nullable String json, @Nullable String madeBy) {
    if (json == null) {
      return new ReadRequest(
          Optional.empty(),
          "Run %s was made by an older Winnow, which did not store what is needed to go on: run it again."
              .formatted(run));
    }
    try {
      return new ReadRequest(Optional.of(Json.read(json, RunRequest.class)), "");
    } catch (RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).replaceAll("[\\p{Cntrl}\\s]+", " ");
      return new ReadRequest(
          Optional.empty(),
          "The request of run %s, made by Winnow %s, cannot be read by this one (%s), which says %s: use that version with 'winnow runs resume %s', or run it again."
              .formatted(
                  run,
                  madeBy == null ? "of an unknown version" : madeBy,
                  version(),
                  reason.length() > REASON_CHARS ? reason.substring(0, REASON_CHARS) + "…" : reason,
                  run));
    }
  }
}
