package dev.winnow.app;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.util.List;
import java.util.stream.Stream;

/** What a process counted, as a back end got it: the newest value of everything. */
record OtlpNumbers(List<Metric> metrics) {

  static OtlpNumbers of(List<ExportMetricsServiceRequest> requests) {
    return new OtlpNumbers(
        requests.getLast().getResourceMetricsList().stream()
            .flatMap(resource -> resource.getScopeMetricsList().stream())
            .flatMap(scope -> scope.getMetricsList().stream())
            .toList());
  }

  /** Of a counter its value, of a histogram how many there are; 0 when there is nothing. */
  long sum(String name, String label, String value) {
    return metrics.stream()
        .filter(metric -> metric.getName().equals(name))
        .flatMapToLong(metric ->
            Stream.concat(
                    metric.getSum().getDataPointsList().stream()
                        .filter(point -> has(point.getAttributesList(), label, value))
                        .map(point -> point.getAsInt()),
                    metric.getHistogram().getDataPointsList().stream()
                        .filter(point -> has(point.getAttributesList(), label, value))
                        .map(point -> point.getCount()))
                .mapToLong(Long::longValue))
        .sum();
  }

  private static boolean has(List<KeyValue> attributes, String label, String value) {
    return attributes.stream()
        .anyMatch(a -> a.getKey().equals(label) && a.getValue().getStringValue().equals(value));
  }
}
