package dev.winnow.telemetry;

import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The content of {@code /metrics}: OpenMetrics with exemplars, or the older text format. */
public final class MetricsPage {

  private final PrometheusMetricReader reader;
  private final ExpositionFormats formats = ExpositionFormats.init();

  MetricsPage(PrometheusMetricReader reader) {
    this.reader = reader;
  }

  /** One answer. */
  public record Content(String type, String body) {}

  /**
   * All metrics as they are now.
   *
   * @param accept the request's header, or empty
   */
  public Content content(String accept) {
    ExpositionFormatWriter writer =
        accept.contains("application/openmetrics-text")
            ? formats.getOpenMetricsTextFormatWriter()
            : formats.getPrometheusTextFormatWriter();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      writer.write(body, reader.collect(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Content(writer.getContentType(), body.toString(StandardCharsets.UTF_8));
  }
}
