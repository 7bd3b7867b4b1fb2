package dev.winnow.telemetry;

import dev.winnow.WinnowException;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdkBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Makes the OpenTelemetry SDK for the back ends that were chosen. */
final class StartSdk implements TelemetryCollector.Sdk {

  /** A process that is over waits so long for its last spans to get away. */
  private static final Duration END = Duration.ofSeconds(3);

  /** Kept, or the JDK would forget its level. The SDK's own complaints would fill the terminal. */
  private static final Logger SDK_LOG = Logger.getLogger("io.opentelemetry");

  private final OpenTelemetrySdk sdk;
  private final List<Backend> backends;
  private final List<GuardMetrics> exporters;
  private final Optional<MetricsPage> page;

  private StartSdk(
      OpenTelemetrySdk sdk,
      List<Backend> backends,
      List<GuardMetrics> exporters,
      Optional<MetricsPage> page) {
    this.sdk = sdk;
    this.backends = List.copyOf(backends);
    this.exporters = List.copyOf(exporters);
    this.page = page;
  }

  static StartSdk of(TelemetrySettings settings) {
    SDK_LOG.setLevel(Level.OFF);
    List<Backend> backends = new ArrayList<>();
    List<GuardMetrics> guards = new ArrayList<>();
    Optional<PrometheusMetricReader> reader =
        settings.page()
            ? Optional.of(
                PrometheusMetricReader.builder()
                    .setOtelScopeLabelsEnabled(false)
                    .setTargetInfoMetricEnabled(false)
                    .build())
            : Optional.empty();
    AutoConfiguredOpenTelemetrySdkBuilder builder =
        AutoConfiguredOpenTelemetrySdk.builder()
            .disableShutdownHook()
            .addPropertiesCustomizer(ignored -> properties(settings));
    if (settings.otlp()) {
      Backend otlp = new Backend("otlp");
      backends.add(otlp);
      builder.addMetricExporterCustomizer((exporter, c) -> guard(otlp, exporter, guards));
      List<SpanExporter> exporters = new ArrayList<>();
      builder.addSpanExporterCustomizer((exporter, c) -> {
        exporters.add(exporter);
        return SpanExporter.noop();
      });
      // autoconfiguration puts exporters behind a processor of its own, which cannot count
      builder.addSpanProcessorCustomizer((processor, c) -> {
        var _ = processor.shutdown();
        return new GuardSpans(otlp, SpanExporter.composite(exporters), GuardSpans.Queue.of(c));
      });
    }
    builder.addTracerProviderCustomizer((provider, c) -> spans(provider, settings, backends));
    builder.addMeterProviderCustomizer((provider, c) -> {
      reader.ifPresent(provider::registerMetricReader);
      // of the exporters, about themselves: without help texts, and Backend counts already
      provider.registerView(
          InstrumentSelector.builder().setName("otlp.exporter.*").build(),
          View.builder().setAggregation(Aggregation.drop()).build());
      return metrics(provider, settings, backends, guards);
    });
    try {
      OpenTelemetrySdk sdk = builder.build().getOpenTelemetrySdk();
      return new StartSdk(sdk, backends, guards, reader.map(MetricsPage::new));
    } catch (RuntimeException e) {
      throw new WinnowException(
          WinnowException.Category.SETTINGS,
          Redact.text("OpenTelemetry does not take the OTEL_* variables: " + e.getMessage()),
          e);
    }
  }

  private static SdkTracerProviderBuilder spans(
      SdkTracerProviderBuilder provider, TelemetrySettings settings, List<Backend> backends) {
    provider.setIdGenerator(new GivenIds());
    settings
        .logfire()
        .ifPresent(logfire ->
            provider.addSpanProcessor(
                new GuardSpans(
                    backend("logfire", backends),
                    OtlpHttpSpanExporter.builder()
                        .setEndpoint(logfire.endpoint() + "/v1/traces")
                        .addHeader("Authorization", logfire.token())
                        .setCompression("gzip")
                        .setTimeout(Duration.ofSeconds(10))
                        .build(),
                    GuardSpans.Queue.USUAL)));
    settings
        .file()
        .ifPresent(file ->
            provider.addSpanProcessor(
                new GuardSpans(
                    backend("file", backends), new WriteSpanLines(file), GuardSpans.Queue.USUAL)));
    return provider;
  }

  private static SdkMeterProviderBuilder metrics(
      SdkMeterProviderBuilder provider,
      TelemetrySettings settings,
      List<Backend> backends,
      List<GuardMetrics> guards) {
    settings
        .logfire()
        .ifPresent(logfire ->
            provider.registerMetricReader(
                PeriodicMetricReader.builder(
                        guard(
                            backend("logfire", backends),
                            OtlpHttpMetricExporter.builder()
                                .setEndpoint(logfire.endpoint() + "/v1/metrics")
                                .addHeader("Authorization", logfire.token())
                                .setCompression("gzip")
                                .setTimeout(Duration.ofSeconds(10))
                                .build(),
                            guards))
                    .setInterval(Duration.ofMinutes(1))
                    .build()));
    return provider;
  }

  private static GuardMetrics guard(
      Backend backend, MetricExporter exporter, List<GuardMetrics> guards) {
    GuardMetrics guard = new GuardMetrics(backend, exporter);
    guards.add(guard);
    return guard;
  }

  /** One for spans and metrics together. */
  private static Backend backend(String name, List<Backend> backends) {
    return backends.stream()
        .filter(backend -> backend.name().equals(name))
        .findFirst()
        .orElseGet(() -> {
          Backend backend = new Backend(name);
          backends.add(backend);
          return backend;
        });
  }

  /** The standard variables, and what Winnow's own settings say in their words. */
  private static Map<String, String> properties(TelemetrySettings settings) {
    Map<String, String> properties = new HashMap<>();
    properties.put("otel.service.name", "winnow");
    properties.put("otel.exporter.otlp.protocol", "http/protobuf");
    settings
        .otel()
        .forEach((name, value) ->
            properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
    if (settings.otlp()) {
      boolean onlyNamed =
          settings.otel().containsKey("OTEL_TRACES_EXPORTER")
              || settings.otel().containsKey("OTEL_METRICS_EXPORTER");
      properties.putIfAbsent("otel.traces.exporter", onlyNamed ? "none" : "otlp");
      properties.putIfAbsent("otel.metrics.exporter", onlyNamed ? "none" : "otlp");
    } else {
      properties.put("otel.traces.exporter", "none");
      properties.put("otel.metrics.exporter", "none");
    }
    // what Prometheus gets is Winnow's own matter: it has no port of the SDK's
    properties.computeIfPresent(
        "otel.metrics.exporter",
        (k, names) -> {
          String rest =
              String.join(
                  ",",
                  List.of(names.split(",")).stream()
                      .map(String::strip)
                      .filter(n -> !n.equals("prometheus"))
                      .toList());
          return rest.isEmpty() ? "none" : rest;
        });
    properties.put("otel.logs.exporter", "none");
    properties.put("otel.sdk.disabled", "false"); // asked in TelemetrySettings
    settings
        .logfire()
        .ifPresent(logfire ->
            logfire.service().ifPresent(name -> properties.put("otel.service.name", name)));
    properties.merge(
        "otel.resource.attributes", resource(settings), (own, more) -> more + "," + own);
    return properties;
  }

  private static String resource(TelemetrySettings settings) {
    String version = StartSdk.class.getPackage().getImplementationVersion();
    String resource = "service.version=" + (version == null ? "unknown" : version);
    if (!settings.instance().isEmpty()) {
      resource += ",service.instance.id=" + settings.instance();
    }
    return resource
        + settings
            .logfire()
            .flatMap(TelemetrySettings.Logfire::environment)
            .map(name -> ",deployment.environment.name=" + name)
            .orElse("");
  }

  @Override
  public Tracer tracer() {
    return sdk.getTracer("winnow");
  }

  @Override
  public Meter meter() {
    return sdk.getMeter("winnow");
  }

  @Override
  public List<Backend> backends() {
    return backends;
  }

  @Override
  public Optional<MetricsPage> page() {
    return page;
  }

  /**
   * In a thread of its own: parts of the SDK wait five seconds and more for a stuck back end. What
   * follows when everything is sent only ends threads, which nobody has to wait for.
   */
  @Override
  public void close() {
    CountDownLatch sent = new CountDownLatch(1);
    Thread.ofPlatform()
        .daemon()
        .name("telemetry-end")
        .start(() -> {
          try {
            send();
          } finally {
            sent.countDown();
          }
          exporters.forEach(GuardMetrics::end);
          var _ = sdk.shutdown();
        });
    try {
      var _ = sent.await(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * To all back ends at the same time. What the SDK does about metrics when it is shut down, it
   * does for one after the other, and a second time: by then they are sent, and nothing more goes
   * out.
   */
  private void send() {
    if (backends.stream().anyMatch(Backend::works)) {
      CompletableResultCode _ =
          CompletableResultCode.ofAll(
                  List.of(
                      sdk.getSdkTracerProvider().shutdown(),
                      sdk.getSdkMeterProvider().forceFlush()))
              .join(END.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
