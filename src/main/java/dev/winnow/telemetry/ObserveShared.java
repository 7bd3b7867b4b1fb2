package dev.winnow.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.Map;
import java.util.Optional;

/**
 * What the database knows and every node tells alike: the queue and the runs by state; and the
 * connections of this process to it. Asked once for each collection.
 */
public final class ObserveShared {

  private static final AttributeKey<String> STATE = AttributeKey.stringKey("state");

  private ObserveShared() {}

  /** Somebody who knows; empty when the database does not answer at this moment. */
  public interface Source {
    Optional<Numbers> numbers();
  }

  /**
   * One answer.
   *
   * @param runs by state: queued, running, waiting (for a person), finished
   * @param queued runs that are due and nobody works on
   * @param oldestSeconds how long the oldest of them waits
   * @param connections of the pool by state: used, idle
   * @param waiting threads that wait for a connection
   */
  public record Numbers(
      Map<String, Long> runs,
      long queued,
      double oldestSeconds,
      Map<String, Long> connections,
      long waiting) {}

  static void start(Meter meter, Source source) {
    ObservableLongMeasurement runs =
        meter
            .gaugeBuilder("winnow.runs")
            .ofLongs()
            .setUnit("{run}")
            .setDescription("Runs in the database by state; the same on every node.")
            .buildObserver();
    ObservableLongMeasurement depth =
        meter
            .gaugeBuilder("winnow.queue.depth")
            .ofLongs()
            .setUnit("{run}")
            .setDescription("Runs that are due and nobody works on; the same on every node.")
            .buildObserver();
    ObservableDoubleMeasurement age =
        meter
            .gaugeBuilder("winnow.queue.age")
            .setUnit("s")
            .setDescription("How long the oldest queued run waits; the same on every node.")
            .buildObserver();
    ObservableLongMeasurement connections =
        meter
            .upDownCounterBuilder("winnow.db.connections")
            .setUnit("{connection}")
            .setDescription("Connections of this process to the database by state.")
            .buildObserver();
    ObservableLongMeasurement pending =
        meter
            .upDownCounterBuilder("winnow.db.waiting")
            .setUnit("{thread}")
            .setDescription("Threads of this process that wait for a connection to the database.")
            .buildObserver();
    var _ =
        meter.batchCallback(
            () ->
                source
                    .numbers()
                    .ifPresent(numbers -> {
                      numbers
                          .runs()
                          .forEach((state, n) -> runs.record(n, Attributes.of(STATE, state)));
                      depth.record(numbers.queued());
                      age.record(numbers.oldestSeconds());
                      numbers
                          .connections()
                          .forEach(
                              (state, n) -> connections.record(n, Attributes.of(STATE, state)));
                      pending.record(numbers.waiting());
                    }),
            runs,
            depth,
            age,
            connections,
            pending);
  }
}
