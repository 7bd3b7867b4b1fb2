package dev.winnow.telemetry;

import dev.winnow.Fork;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Where the work of this moment belongs to.
 *
 * @param context holds the current span
 * @param run id of the run, or empty
 * @param candidate c1, c2, tester, judge, or empty
 * @param agent who works as that candidate, or empty
 */
record Current(
    TelemetryCollector collector, Context context, String run, String candidate, String agent) {

  static @Nullable Current get() {
    return Fork.ALONG.isBound() && Fork.ALONG.get() instanceof Current current ? current : null;
  }

  Current with(Context inner) {
    return new Current(collector, inner, run, candidate, agent);
  }

  Current withRun(String id) {
    return new Current(collector, context, id, candidate, agent);
  }

  Current withCandidate(String id, String name) {
    return new Current(collector, context, run, id, name);
  }
}
