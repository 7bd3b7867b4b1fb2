package dev.winnow.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.winnow.WinnowException;
import dev.winnow.telemetry.MetricsPage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * {@code /metrics} of a node that serves nothing else, where the standard variables {@code
 * OTEL_EXPORTER_PROMETHEUS_HOST} and {@code _PORT} ask for it. It needs no log-in, and listens on
 * this machine only unless told otherwise.
 */
final class ServeMetrics implements AutoCloseable {

  private static final String USUAL_PORT = "9464";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private ServeMetrics(HttpServer server, MetricsPage page) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, page));
    server.start();
  }

  /** Whether the operator wants it. */
  static boolean wanted(Map<String, String> otel) {
    return otel.containsKey("OTEL_EXPORTER_PROMETHEUS_PORT")
        || otel.getOrDefault("OTEL_METRICS_EXPORTER", "").contains("prometheus");
  }

  /**
   * @throws WinnowException of category SETTINGS when the address cannot be used
   */
  static ServeMetrics start(Map<String, String> otel, MetricsPage page) {
    String host = otel.getOrDefault("OTEL_EXPORTER_PROMETHEUS_HOST", "127.0.0.1");
    String port = otel.getOrDefault("OTEL_EXPORTER_PROMETHEUS_PORT", USUAL_PORT);
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw problem("OTEL_EXPORTER_PROMETHEUS_PORT: expected a port from 0 to 65535", null);
    }
    try {
      InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(port));
      return new ServeMetrics(HttpServer.create(address, 0), page);
    } catch (IOException | RuntimeException e) {
      throw problem(
          "Metrics cannot be served on %s:%s (%s): name another OTEL_EXPORTER_PROMETHEUS_PORT."
              .formatted(host, port, e.getMessage()),
          e);
    }
  }

  private static WinnowException problem(
      String message, @org.jspecify.annotations.Nullable Exception cause) {
    return cause == null
        ? new WinnowException(WinnowException.Category.SETTINGS, message)
        : new WinnowException(WinnowException.Category.SETTINGS, message, cause);
  }

  String url() {
    InetSocketAddress address = server.getAddress();
    return "http://%s:%d/metrics".formatted(address.getHostString(), address.getPort());
  }

  private static void answer(HttpExchange exchange, MetricsPage page) throws IOException {
    try (exchange) {
      boolean wanted =
          exchange.getRequestURI().getPath().equals("/metrics")
              && exchange.getRequestMethod().equals("GET");
      if (!wanted) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String accept =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept")).orElse("");
      MetricsPage.Content content = page.content(accept);
      byte[] body = content.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", content.type());
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
