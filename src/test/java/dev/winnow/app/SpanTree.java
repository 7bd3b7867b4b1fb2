package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Spans as a tree, as a back end would put them together. */
record SpanTree(List<Span> spans, Map<ByteString, Span> byId) {

  static SpanTree of(List<Span> spans) {
    return new SpanTree(
        spans, spans.stream().collect(Collectors.toMap(Span::getSpanId, Function.identity())));
  }

  /** One root, nobody without parent, everybody within the time of its parent. */
  void assertSound() {
    assertThat(spans).extracting(Span::getTraceId).containsOnly(spans.getFirst().getTraceId());
    assertThat(spans.stream().filter(span -> span.getParentSpanId().isEmpty()))
        .extracting(Span::getName)
        .containsExactly("run");
    for (Span span : spans) {
      if (!span.getParentSpanId().isEmpty()) {
        assertThat(byId).as("parent of " + span).containsKey(span.getParentSpanId());
        Span parent = Objects.requireNonNull(byId.get(span.getParentSpanId()));
        assertThat(span.getStartTimeUnixNano())
            .as(path(span))
            .isGreaterThanOrEqualTo(parent.getStartTimeUnixNano());
        assertThat(span.getEndTimeUnixNano())
            .as(path(span))
            .isLessThanOrEqualTo(parent.getEndTimeUnixNano());
      }
      assertThat(span.getEndTimeUnixNano()).isGreaterThanOrEqualTo(span.getStartTimeUnixNano());
    }
  }

  /** Names from the root to the span. */
  String path(Span span) {
    Span parent = byId.get(span.getParentSpanId());
    return parent == null ? span.getName() : path(parent) + " > " + span.getName();
  }

  List<Span> named(String name) {
    return spans.stream().filter(span -> span.getName().equals(name)).toList();
  }

  List<Span> starting(String name) {
    return spans.stream().filter(span -> span.getName().startsWith(name)).toList();
  }

  /** An attribute as text; empty when it is not there. */
  static String attribute(Span span, String key) {
    return span.getAttributesList().stream()
        .filter(pair -> pair.getKey().equals(key))
        .map(KeyValue::getValue)
        .map(SpanTree::text)
        .findFirst()
        .orElse("");
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> String.valueOf(value.getIntValue());
      case DOUBLE_VALUE -> String.valueOf(value.getDoubleValue());
      case BOOL_VALUE -> String.valueOf(value.getBoolValue());
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream()
              .map(SpanTree::text)
              .collect(Collectors.joining(","));
      default -> value.toString();
    };
  }
}
