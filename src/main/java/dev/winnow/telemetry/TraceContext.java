package dev.winnow.telemetry;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a span for another process, a header or the database: W3C Trace Context.
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId 16 lower-case hex digits, not all zero
 * @param sampled whether the span goes to any back end
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {

  private static final Pattern TRACEPARENT =
      Pattern.compile("(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?");

  /** Reads a {@code traceparent}; empty for whatever is none. */
  public static Optional<TraceContext> parse(String traceparent) {
    Matcher matcher = TRACEPARENT.matcher(traceparent.strip());
    if (traceparent.length() > 512
        || !matcher.matches()
        || matcher.group(1).matches("0+")
        || matcher.group(2).matches("0+")) {
      return Optional.empty();
    }
    boolean sampled = (Integer.parseInt(matcher.group(3), 16) & 1) == 1;
    return Optional.of(new TraceContext(matcher.group(1), matcher.group(2), sampled));
  }

  /** The {@code traceparent} of it. */
  public String header() {
    return "00-%s-%s-%s".formatted(traceId, spanId, sampled ? "01" : "00");
  }

  static Optional<TraceContext> of(SpanContext context) {
    return context.isValid()
        ? Optional.of(
            new TraceContext(context.getTraceId(), context.getSpanId(), context.isSampled()))
        : Optional.empty();
  }

  SpanContext remote() {
    return SpanContext.createFromRemoteParent(
        traceId,
        spanId,
        sampled ? TraceFlags.getSampled() : TraceFlags.getDefault(),
        TraceState.getDefault());
  }
}
