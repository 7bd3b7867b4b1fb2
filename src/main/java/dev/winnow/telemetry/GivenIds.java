package dev.winnow.telemetry;

import io.opentelemetry.sdk.trace.IdGenerator;

/** Random ids, but for traces whose id was stored and linked to before they began. */
final class GivenIds implements IdGenerator {

  private final IdGenerator random = IdGenerator.random();

  @Override
  public String generateSpanId() {
    return random.generateSpanId();
  }

  @Override
  public String generateTraceId() {
    return Span.TRACE_ID.isBound() ? Span.TRACE_ID.get() : random.generateTraceId();
  }
}
