package dev.winnow.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/**
 * Takes OTLP over HTTP as a collector would, and decodes it. It can also stop to answer, or die
 * after its first answer.
 */
final class OtlpReceiver implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<ExportTraceServiceRequest> traces = new CopyOnWriteArrayList<>();
  private final List<ExportMetricsServiceRequest> metrics = new CopyOnWriteArrayList<>();
  private final List<Map<String, String>> headers = new CopyOnWriteArrayList<>();
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Health health;

  private enum Health {
    WELL,
    STALLS,
    DIES
  }

  private OtlpReceiver(Health health) throws IOException {
    this.health = health;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::take);
    server.start();
  }

  static OtlpReceiver start() throws IOException {
    return new OtlpReceiver(Health.WELL);
  }

  /** Takes every request and never answers one. */
  static OtlpReceiver stalled() throws IOException {
    return new OtlpReceiver(Health.STALLS);
  }

  /** Answers once, and then is gone: its port refuses, and what was on its way is cut off. */
  static OtlpReceiver dying() throws IOException {
    return new OtlpReceiver(Health.DIES);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (health == Health.STALLS) {
        first.countDown();
        closed.await();
        return;
      }
      Map<String, String> names = new HashMap<>();
      exchange.getRequestHeaders().forEach((name, values) -> names.put(name, values.getFirst()));
      headers.add(names);
      boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      InputStream raw = exchange.getRequestBody();
      InputStream body = packed ? new GZIPInputStream(raw) : raw;
      if (exchange.getRequestURI().getPath().endsWith("/v1/traces")) {
        traces.add(ExportTraceServiceRequest.parseFrom(body));
      } else {
        metrics.add(ExportMetricsServiceRequest.parseFrom(body));
      }
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
      first.countDown();
      if (health == Health.DIES) {
        exchange.close();
        Thread _ = Thread.ofVirtual().start(() -> server.stop(0));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until something arrived. */
  void awaitFirst() throws InterruptedException {
    first.await();
  }

  List<Span> spans() {
    return spans(traces);
  }

  static List<Span> spans(List<ExportTraceServiceRequest> traces) {
    return traces.stream()
        .flatMap(request -> request.getResourceSpansList().stream())
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  List<ExportTraceServiceRequest> traces() {
    return traces;
  }

  List<ExportMetricsServiceRequest> metrics() {
    return metrics;
  }

  List<Map<String, String>> headers() {
    return headers;
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
