package dev.winnow.telemetry;

import dev.winnow.Fork;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Where the work of this moment belongs to.
 *
 * @param context holds the current span
 * @param run id of the run, or empty
 * @param candidate c1, c2, tester, judge-1, or empty
 * @param agent who works as that candidate, or empty
 * @param timeline remembers the run's spans, or null outside of a run
 * @param span its number for the current one; 0 for none
 */
record Current(
    TelemetryCollector collector,
    Context context,
    String run,
    String candidate,
    String agent,
    @Nullable RecordSpans timeline,
    long span) {

  static Current of(TelemetryCollector collector, Context context) {
    return new Current(collector, context, "", "", "", null, 0);
  }

  static @Nullable Current get() {
    return Fork.ALONG.isBound() && Fork.ALONG.get() instanceof Current current ? current : null;
  }

  Current inside(Context inner, long number) {
    return new Current(collector, inner, run, candidate, agent, timeline, number);
  }

  Current withRun(String id, RecordSpans spans) {
    return new Current(collector, context, id, candidate, agent, spans, 0);
  }

  Current about(String id) {
    return new Current(collector, context, id, "", "", null, 0);
  }

  Current withCandidate(String id, String name) {
    return new Current(collector, context, run, id, name, timeline, span);
  }
}
