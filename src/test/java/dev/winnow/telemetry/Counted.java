package dev.winnow.telemetry;

import java.util.List;
import java.util.stream.Stream;

/** Counts what is done in it, as a node does, and reads its page of metrics. */
public final class Counted implements AutoCloseable {

  private final TelemetryCollector collector =
      TelemetryCollector.start(TelemetrySettings.OFF.withPage());

  public <T, X extends Exception> T in(TelemetryCollector.Work<T, X> work) throws X {
    return collector.collecting(work);
  }

  public Metrics metrics() {
    return collector.metrics();
  }

  /** The sum of all values of a metric that have these labels, such as {@code reason="timeout"}. */
  public double value(String metric, String... labels) {
    String page = collector.page().orElseThrow().content("").body();
    return of(page, metric, labels);
  }

  /** The same of a page that was fetched. */
  public static double of(String page, String metric, String... labels) {
    return page.lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .filter(line -> Stream.of(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(List.of(line.split(" ")).getLast()))
        .sum();
  }

  @Override
  public void close() {
    collector.close();
  }
}
