package dev.winnow.http;

import dev.winnow.WinnowException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The sockets of the server, and how Jetty treats what comes in. */
final class ListenOn {

  private static final int HEADER_BYTES = 16 * 1024;

  /** Event streams and WebSockets are kept alive twice in that time. */
  private static final long IDLE_MILLIS = 35_000;

  /** Made once: with a look-up for each of them, they were a tenth of a small request. */
  private static final List<HttpField> HARDEN =
      GuardRequests.HEADERS.entrySet().stream()
          .<HttpField>map(header -> new PreEncodedHttpField(header.getKey(), header.getValue()))
          .toList();

  private ListenOn() {}

  /** The port that will be bound; a free one for 0. */
  static int port(ServerOptions options) {
    if (options.port() != 0) {
      return options.port();
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(options.host()), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw cannot(options.host(), 0, e);
    }
  }

  static void configure(JavalinConfig config, ServerOptions options, WatchConnections watch) {
    config.jetty.modifyHttpConfiguration(http -> {
      http.setSendServerVersion(false);
      http.setSendXPoweredBy(false);
      http.setSendDateHeader(false);
      http.setRequestHeaderSize(HEADER_BYTES);
      http.addCustomizer((request, headers) -> {
        HARDEN.forEach(headers::add);
        return request;
      });
      if (options.tls().isPresent()) {
        http.addCustomizer(new SecureRequestCustomizer(false));
      }
    });
    // Javalin's own pool of virtual threads has Jetty's selectors in it: with each request three
    // more threads wake each other
    config.jetty.threadPool = new QueuedThreadPool();
    config.jetty.modifyServer(server -> {
      server.setErrorHandler(new RefuseUnreadable());
      server.setHandler(new AnswerAtOnce());
    });
    config.jetty.addConnector((server, http) -> {
      HttpConnectionFactory plain = new HttpConnectionFactory(http);
      ServerConnector connector =
          options
              .tls()
              .map(tls ->
                  new ServerConnector(
                      server, new SslConnectionFactory(ReadTls.of(tls), "http/1.1"), plain))
              .orElseGet(() -> new ServerConnector(server, plain));
      connector.setHost(options.host());
      connector.setPort(options.port());
      connector.setIdleTimeout(IDLE_MILLIS);
      connector.addBean(watch);
      return connector;
    });
  }

  static void start(Javalin javalin, String host, int port) {
    try {
      var _ = javalin.start();
    } catch (JavalinBindException e) {
      throw cannot(host, port, e);
    }
  }

  private static WinnowException cannot(String host, int port, Exception e) {
    return new WinnowException(
        WinnowException.Category.USAGE,
        "%s:%d cannot be bound (%s): give another --host or --port."
            .formatted(host, port, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
        e);
  }
}
