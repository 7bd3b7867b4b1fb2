package dev.winnow.telemetry;

import dev.winnow.Fork;
import dev.winnow.WinnowException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes spans and metrics of this process to the back ends that were chosen. A back end that is
 * slow, down or wrong costs what was meant for it and nothing else: its queue is bounded, what is
 * lost is counted, and one line says so. Thread-safe.
 *
 * <p>Work that runs inside of {@link #collecting} is collected, with everything that it does, also
 * in the branches of a {@link Fork}; there is no global collector.
 */
public final class TelemetryCollector implements AutoCloseable {

  /** Loads the SDK, so only where a back end is chosen. */
  interface Sdk extends AutoCloseable {
    Tracer tracer();

    Meter meter();

    List<Backend> backends();

    Optional<MetricsPage> page();

    @Override
    void close();
  }

  private final @Nullable Sdk sdk;
  private final Tracer tracer;
  private final Metrics metrics;
  private final TelemetrySettings settings;

  private TelemetryCollector(@Nullable Sdk sdk, TelemetrySettings settings) {
    this.sdk = sdk;
    this.settings = settings;
    this.tracer = sdk == null ? OpenTelemetry.noop().getTracer("winnow") : sdk.tracer();
    this.metrics = sdk == null ? Metrics.none() : new Metrics(sdk.meter());
    if (sdk != null) {
      ObserveProcess.start(sdk.meter(), sdk.backends());
    }
  }

  /** Without any back end. */
  public static TelemetryCollector off() {
    return new TelemetryCollector(null, TelemetrySettings.OFF);
  }

  /**
   * @throws WinnowException of category SETTINGS for values that OpenTelemetry does not take
   */
  public static TelemetryCollector start(TelemetrySettings settings) {
    settings.logfire().ifPresent(logfire -> Redact.know(logfire.token()));
    return new TelemetryCollector(settings.on() ? StartSdk.of(settings) : null, settings);
  }

  /** What happens while it is collected. */
  public interface Work<T extends @Nullable Object, X extends Exception> {
    T run() throws X;
  }

  /** Does the work, and collects what it tells. */
  public <T extends @Nullable Object, X extends Exception> T collecting(Work<T, X> work) throws X {
    Current current = Current.of(this, Context.root());
    return ScopedValue.where(Fork.ALONG, current).call(work::run);
  }

  /** Does work that is about a run without being a step of it: its log lines say so. */
  public static <T extends @Nullable Object, X extends Exception> T about(
      String run, Work<T, X> work) throws X {
    Current current = Current.get();
    Current about = current == null ? Current.of(off(), Context.root()) : current;
    return ScopedValue.where(Fork.ALONG, about.about(run)).call(work::run);
  }

  <T extends @Nullable Object, X extends Exception> T within(TraceContext outer, Work<T, X> work)
      throws X {
    Context context = Context.root().with(io.opentelemetry.api.trace.Span.wrap(outer.remote()));
    Current current = Current.of(this, context);
    return ScopedValue.where(Fork.ALONG, current).call(work::run);
  }

  public Metrics metrics() {
    return metrics;
  }

  /** The metrics as a Prometheus fetches them, if they are kept. */
  public Optional<MetricsPage> page() {
    return sdk == null ? Optional.empty() : sdk.page();
  }

  /** Watches numbers that somebody else knows; asked at every collection, so it must be quick. */
  public void observe(ObserveShared.Source source) {
    if (sdk != null) {
      ObserveShared.start(sdk.meter(), source);
    }
  }

  /** Whether the texts of prompts, replies and tools are to be in spans. */
  public boolean withContent() {
    return settings.content();
  }

  /** Where a person can look at a trace, if there is a template for that. */
  public Optional<String> url(TraceContext trace) {
    return settings
        .traceUrl()
        .map(template ->
            template.replace("{trace_id}", trace.traceId()).replace("{span_id}", trace.spanId()));
  }

  /** The collector of the work of this moment, if there is one. */
  public static Optional<TelemetryCollector> current() {
    Current current = Current.get();
    return current == null ? Optional.empty() : Optional.of(current.collector());
  }

  /** Whether there is a back end for spans or metrics. */
  boolean isOn() {
    return sdk != null;
  }

  SpanBuilder spanBuilder(String name) {
    return tracer.spanBuilder(name);
  }

  /** Hands on what waits, for a moment: a back end that is stuck is not waited for. */
  @Override
  public void close() {
    if (sdk != null) {
      sdk.close();
    }
  }
}
