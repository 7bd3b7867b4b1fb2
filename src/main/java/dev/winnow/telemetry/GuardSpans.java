package dev.winnow.telemetry;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bounded queue in front of one back end. {@link BatchSpanProcessor} does the batches and the
 * thread; what it cannot tell, how many spans got lost and why, is counted around it: a span that
 * has no place is not even given to it.
 */
final class GuardSpans implements SpanProcessor {

  /**
   * How spans wait.
   *
   * @param places spans at most: some MB, and minutes of a busy run
   */
  record Queue(int places, int batch, Duration delay, Duration timeout) {
    static final Queue USUAL = new Queue(4096, 512, Duration.ofSeconds(5), Duration.ofSeconds(10));

    /** As the standard variables say. */
    static Queue of(ConfigProperties properties) {
      int places = Math.max(1, properties.getInt("otel.bsp.max.queue.size", USUAL.places));
      int batch = properties.getInt("otel.bsp.max.export.batch.size", USUAL.batch);
      return new Queue(
          places,
          Math.clamp(batch, 1, places),
          properties.getDuration("otel.bsp.schedule.delay", USUAL.delay),
          properties.getDuration("otel.bsp.export.timeout", USUAL.timeout));
    }
  }

  private final Backend backend;
  private final int places;
  private final AtomicInteger waiting = new AtomicInteger();
  private final BatchSpanProcessor batches;

  GuardSpans(Backend backend, SpanExporter exporter, Queue queue) {
    this.backend = backend;
    this.places = queue.places();
    this.batches =
        BatchSpanProcessor.builder(new Counting(exporter))
            .setMaxQueueSize(queue.places())
            .setMaxExportBatchSize(queue.batch())
            .setScheduleDelay(queue.delay())
            .setExporterTimeout(queue.timeout())
            .build();
  }

  /** Knows what became of each batch. */
  private final class Counting implements SpanExporter {
    private final SpanExporter exporter;

    Counting(SpanExporter exporter) {
      this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      int count = spans.size();
      CompletableResultCode result;
      try {
        result = exporter.export(spans);
      } catch (RuntimeException e) {
        result = CompletableResultCode.ofFailure();
      }
      CompletableResultCode ended = result;
      return ended.whenComplete(() -> {
        waiting.addAndGet(-count);
        if (ended.isSuccess()) {
          backend.took();
        } else {
          backend.lost(count, Backend.Loss.FAILED);
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
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {
    batches.onStart(parent, span);
  }

  @Override
  public boolean isStartRequired() {
    return batches.isStartRequired();
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (!span.getSpanContext().isSampled()) {
      return;
    }
    if (waiting.incrementAndGet() > places) {
      waiting.decrementAndGet();
      backend.lost(1, Backend.Loss.QUEUE_FULL);
    } else {
      batches.onEnd(span);
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  /** Sends what waits; nobody waits for a back end that is broken. */
  @Override
  public CompletableResultCode shutdown() {
    CompletableResultCode ended = batches.shutdown();
    return backend.works() ? ended : CompletableResultCode.ofFailure();
  }

  @Override
  public CompletableResultCode forceFlush() {
    return backend.works() ? batches.forceFlush() : CompletableResultCode.ofFailure();
  }
}
