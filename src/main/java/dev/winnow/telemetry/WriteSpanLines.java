package dev.winnow.telemetry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Writes each span as a line of JSON into a file that other processes write into as well. */
final class WriteSpanLines implements SpanExporter {

  private final SharedFile file;

  WriteSpanLines(Path path) {
    this.file = new SharedFile(path);
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    StringBuilder lines = new StringBuilder();
    for (SpanData span : spans) {
      lines.append(Json.write(line(span))).append('\n');
    }
    try {
      return file.append(lines.toString().getBytes(StandardCharsets.UTF_8))
          ? CompletableResultCode.ofSuccess()
          : CompletableResultCode.ofFailure();
    } catch (IOException e) {
      return CompletableResultCode.ofFailure();
    }
  }

  private static ObjectNode line(SpanData span) {
    ObjectNode line = Json.mapper().createObjectNode();
    long start = span.getStartEpochNanos();
    line.put("timestamp", Instant.ofEpochSecond(0, start).toString());
    line.put("name", span.getName());
    line.put("trace_id", span.getTraceId());
    line.put("span_id", span.getSpanId());
    if (span.getParentSpanContext().isValid()) {
      line.put("parent_span_id", span.getParentSpanId());
    }
    line.put("duration_ms", Math.round((span.getEndEpochNanos() - start) / 1e3) / 1e3);
    boolean error = span.getStatus().getStatusCode() == StatusCode.ERROR;
    line.put("error", error ? span.getStatus().getDescription() : null);
    line.set("attributes", attributes(span.getAttributes()));
    if (!span.getLinks().isEmpty()) {
      ArrayNode links = line.putArray("links");
      for (LinkData link : span.getLinks()) {
        links
            .addObject()
            .put("trace_id", link.getSpanContext().getTraceId())
            .put("span_id", link.getSpanContext().getSpanId());
      }
    }
    return line;
  }

  private static ObjectNode attributes(Attributes attributes) {
    ObjectNode node = Json.mapper().createObjectNode();
    attributes.forEach((key, value) -> {
      switch (value) {
        case Long number -> node.put(key.getKey(), number);
        case Double number -> node.put(key.getKey(), number);
        case Boolean flag -> node.put(key.getKey(), flag);
        case List<?> list -> {
          ArrayNode array = node.putArray(key.getKey());
          list.forEach(item -> array.add(String.valueOf(item)));
        }
        default -> node.put(key.getKey(), String.valueOf(value));
      }
    });
    return node;
  }

  @Override
  public CompletableResultCode flush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    return CompletableResultCode.ofSuccess();
  }
}
