package dev.winnow.interview;

import dev.winnow.telemetry.Span;
import dev.winnow.telemetry.TelemetryCollector;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where traces can be looked at.
 *
 * @param telemetry gets the spans of the work, below a trace of the interview's own id
 * @param template an address with {@code {trace_id}} in it; empty when there is no such place
 */
public record TraceLinks(Optional<String> template, Supplier<TelemetryCollector> telemetry) {

  /** Does a part of the interview as a span. */
  <T> T span(UUID interview, UUID spec, String part, Supplier<T> work) {
    // a request of the server is collected already, and linked
    return TelemetryCollector.current().isPresent()
        ? traced(interview, spec, part, work)
        : telemetry.get().collecting(() -> traced(interview, spec, part, work));
  }

  private <T> T traced(UUID interview, UUID spec, String part, Supplier<T> work) {
    return Span.of("interview")
        .trace(id(interview))
        .set("winnow.interview.id", interview.toString())
        .set("winnow.spec.id", spec.toString())
        .set("winnow.interview.part", part)
        .call(_ -> work.get());
  }

  String id(UUID interview) {
    return interview.toString().replace("-", "");
  }

  @Nullable String link(UUID interview) {
    return template.map(t -> t.replace("{trace_id}", id(interview))).orElse(null);
  }
}
