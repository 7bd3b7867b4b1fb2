package dev.winnow.interview;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where traces can be looked at.
 *
 * @param template an address with {@code {trace_id}} in it; empty when there is no such place
 */
public record TraceLinks(Optional<String> template) {

  String id(UUID interview) {
    return interview.toString().replace("-", "");
  }

  @Nullable String link(UUID interview) {
    return template.map(t -> t.replace("{trace_id}", id(interview))).orElse(null);
  }
}
