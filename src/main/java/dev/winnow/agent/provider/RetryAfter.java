package dev.winnow.agent.provider;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a provider asks to wait: {@code retry-after-ms}, or {@code retry-after} as seconds or date.
 */
final class RetryAfter {

  /** More than that is no answer; it is capped anyway. */
  private static final double MOST_SECONDS = 365 * 24 * 3600.0;

  private RetryAfter() {}

  /**
   * @param now what a date is relative to
   * @return never negative; empty when nothing was asked that can be understood
   */
  static Optional<Duration> of(Map<String, List<String>> headers, Instant now) {
    return number(first(headers, "retry-after-ms"), 1e-3)
        .or(() -> number(first(headers, "retry-after"), 1))
        .or(() -> date(first(headers, "retry-after"), now));
  }

  private static String first(Map<String, List<String>> headers, String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name) && !header.getValue().isEmpty())
        .map(header -> header.getValue().getFirst().strip())
        .findFirst()
        .orElse("");
  }

  private static Optional<Duration> number(String text, double unit) {
    if (!text.matches("\\d{1,12}(\\.\\d{1,9})?")) {
      return Optional.empty();
    }
    double seconds = Math.min(Double.parseDouble(text) * unit, MOST_SECONDS);
    return Optional.of(Duration.ofNanos((long) (seconds * 1e9)));
  }

  private static Optional<Duration> date(String text, Instant now) {
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(now, then);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
