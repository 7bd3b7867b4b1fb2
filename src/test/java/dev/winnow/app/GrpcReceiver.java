package dev.winnow.app;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/** Takes OTLP over gRPC as a collector would: HTTP/2, length-prefixed messages and a trailer. */
final class GrpcReceiver implements AutoCloseable {

  private static final int PREFIX = 5; // whether it is packed, and four bytes of length
  private static final String TRACES =
      "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  private static final String METRICS =
      "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

  private final Server server = new Server();
  private final ServerConnector connector =
      new ServerConnector(server, new HTTP2CServerConnectionFactory(new HttpConfiguration()));
  private final List<ExportTraceServiceRequest> traces = new CopyOnWriteArrayList<>();
  private final List<ExportMetricsServiceRequest> metrics = new CopyOnWriteArrayList<>();

  private GrpcReceiver() throws Exception {
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            take(request.getHttpURI().getPath(), Content.Source.asByteBuffer(request));
            response.getHeaders().put("Content-Type", "application/grpc");
            response.setTrailersSupplier(() -> HttpFields.build().put("grpc-status", "0"));
            response.write(true, ByteBuffer.allocate(PREFIX), callback);
            return true;
          }
        });
    server.start();
  }

  static GrpcReceiver start() throws Exception {
    return new GrpcReceiver();
  }

  String url() {
    return "http://127.0.0.1:" + connector.getLocalPort();
  }

  private void take(String path, ByteBuffer message) throws Exception {
    boolean packed = message.get() == 1;
    byte[] bytes = new byte[message.getInt()];
    message.get(bytes);
    InputStream raw = new ByteArrayInputStream(bytes);
    InputStream body = packed ? new GZIPInputStream(raw) : raw;
    switch (path) {
      case TRACES -> traces.add(ExportTraceServiceRequest.parseFrom(body));
      case METRICS -> metrics.add(ExportMetricsServiceRequest.parseFrom(body));
      default -> throw new IllegalArgumentException(path);
    }
  }

  List<Span> spans() {
    return OtlpReceiver.spans(traces);
  }

  List<ExportMetricsServiceRequest> metrics() {
    return metrics;
  }

  @Override
  public void close() {
    LifeCycle.stop(server);
  }
}
