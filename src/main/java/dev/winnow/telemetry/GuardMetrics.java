package dev.winnow.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.util.Collection;

/** Tells what became of the metrics that were sent; a value that is lost comes again, summed up. */
final class GuardMetrics implements MetricExporter {

  private final Backend backend;
  private final MetricExporter exporter;
  private volatile boolean ended;

  GuardMetrics(Backend backend, MetricExporter exporter) {
    this.backend = backend;
    this.exporter = exporter;
  }

  /** Everything is sent; what would come now is the same again. */
  void end() {
    ended = true;
  }

  @Override
  public CompletableResultCode export(Collection<MetricData> metrics) {
    if (ended) {
      return CompletableResultCode.ofSuccess();
    }
    CompletableResultCode result = exporter.export(metrics);
    return result.whenComplete(() -> {
      if (result.isSuccess()) {
        backend.took();
      } else {
        backend.lost(metrics.size(), Backend.Loss.FAILED);
      }
    });
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType type) {
    return exporter.getAggregationTemporality(type);
  }
}
