package dev.winnow.workspace.egress;

import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.BlockedAddress;
import dev.winnow.workspace.ServeConnections;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An HTTP proxy that lets only allowed hosts through: CONNECT, and plain requests where they are
 * allowed. It resolves names itself, only those that are allowed, and connects to the addresses
 * that it checked, so neither a name's second answer nor a query to a name server leads around it.
 *
 * <p>Behind a {@link dev.winnow.workspace.Door} it serves commands of a sandbox, and by {@link
 * ServeConnections#onLoopback} programs outside of one.
 */
public final class EgressProxy implements ServeConnections.Server {

  private static final Duration HEADER_TIME = Duration.ofSeconds(30);
  private static final int CONNECT_MILLIS = 10_000;
  private static final String NOT_ALLOWED = "%s is not among the hosts that may be reached";

  /** Thrown for what the client should read. */
  private static final class Answer extends IOException {
    private final int status;
    private final String reason;

    Answer(int status, String reason, String message) {
      super(message);
      this.status = status;
      this.reason = reason;
    }
  }

  private record Target(String host, int port) {}

  private final List<AllowedHost> allowed;
  private final AddressRule addresses;
  private final boolean plain;
  private final UpstreamProxy upstream;
  private final Consumer<String> refusals;

  /**
   * @param addresses what an allowed name may lead to
   * @param plain whether plain HTTP requests are served, beside CONNECT
   * @param upstream through which tunnels go on; it finds the addresses of names then
   * @param refusals is told, in one line, what was not let through; from many threads
   */
  public EgressProxy(
      List<AllowedHost> allowed,
      AddressRule addresses,
      boolean plain,
      UpstreamProxy upstream,
      Consumer<String> refusals) {
    this.allowed = List.copyOf(allowed);
    this.addresses = addresses;
    this.plain = plain;
    this.upstream = upstream;
    this.refusals = refusals;
  }

  @Override
  public void serve(SocketChannel channel) throws IOException {
    Connection client = new Connection(channel);
    try {
      Optional<HttpHead> head = client.within(HEADER_TIME, () -> HttpHead.read(client.in()));
      if (head.isEmpty()) {
        return;
      }
      if (head.get().method().equals("CONNECT")) {
        tunnel(client, head.get());
      } else if (plain) {
        forward(client, head.get());
      } else {
        throw new Answer(405, "Method Not Allowed", "only CONNECT is served");
      }
    } catch (Answer e) {
      refusals.accept(String.valueOf(e.getMessage()));
      client.answer(e.status, e.reason, String.valueOf(e.getMessage()));
    } catch (HttpHead.Malformed e) {
      client.answer(400, "Bad Request", String.valueOf(e.getMessage()));
    }
  }

  private void tunnel(Connection client, HttpHead head) throws IOException {
    Target target = target(head.target(), -1);
    requireAllowed(target);
    Optional<UpstreamProxy.Hop> hop = upstream.before("https", target.host, target.port);
    try (SocketChannel server = hop.isPresent() ? through(hop.get(), target) : connect(target)) {
      client.out().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      client.out().flush();
      client.join(server);
    }
  }

  private void forward(Connection client, HttpHead head) throws IOException {
    URI uri;
    try {
      uri = new URI(head.target());
    } catch (URISyntaxException e) {
      throw new Answer(400, "Bad Request", "the address of the request cannot be read");
    }
    if (!"http".equals(uri.getScheme()) || uri.getRawAuthority() == null) {
      throw new Answer(400, "Bad Request", "a proxy wants http://host/path");
    }
    Target target = target(uri.getRawAuthority(), 80);
    requireAllowed(target);
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    StringBuilder request = new StringBuilder();
    request.append(head.method()).append(' ').append(path).append(query).append(" HTTP/1.1\r\n");
    request.append("Host: ").append(uri.getRawAuthority()).append("\r\n");
    for (HttpHead.Header header : head.headers()) {
      // one request to a connection: a second one could be for another host
      boolean ours =
          header.is("host")
              || header.is("connection")
              || header.is("keep-alive")
              || header.name().toLowerCase(Locale.ROOT).startsWith("proxy-");
      if (!ours) {
        request.append(header.name()).append(": ").append(header.value()).append("\r\n");
      }
    }
    boolean upgrade = head.header("upgrade").isPresent();
    request.append(upgrade ? "Connection: Upgrade\r\n\r\n" : "Connection: close\r\n\r\n");
    try (SocketChannel server = connect(target)) {
      Connection upstream = new Connection(server);
      upstream.out().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
      upstream.out().flush();
      client.join(server);
    }
  }

  private static Target target(String authority, int defaultPort) throws Answer {
    String text = authority.toLowerCase(Locale.ROOT);
    int colon = text.lastIndexOf(':');
    boolean portGiven = colon > text.lastIndexOf(']');
    String port = portGiven ? text.substring(colon + 1) : Integer.toString(defaultPort);
    String host = portGiven ? text.substring(0, colon) : text;
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    if (!host.matches("[a-z0-9][a-z0-9._-]{0,252}|\\[[0-9a-f:.]{2,45}]")
        || !port.matches("[1-9][0-9]{0,4}")
        || Integer.parseInt(port) > 65_535) {
      throw new Answer(400, "Bad Request", "the request names no host and port");
    }
    return new Target(host, Integer.parseInt(port));
  }

  private void requireAllowed(Target target) throws Answer {
    if (allowed.stream().noneMatch(host -> host.matches(target.host, target.port))) {
      throw new Answer(403, "Forbidden", NOT_ALLOWED.formatted(target.host + ":" + target.port));
    }
  }

  /** A tunnel of the other proxy's. */
  private static SocketChannel through(UpstreamProxy.Hop hop, Target target) throws IOException {
    SocketChannel server = SocketChannel.open();
    boolean good = false;
    try {
      server.socket().connect(new InetSocketAddress(hop.host(), hop.port()), CONNECT_MILLIS);
      String authority = target.host + ":" + target.port;
      String logIn = hop.authorization().map("Proxy-Authorization: %s\r\n"::formatted).orElse("");
      Connection connection = new Connection(server);
      connection
          .out()
          .write(
              "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n%2$s\r\n"
                  .formatted(authority, logIn)
                  .getBytes(StandardCharsets.ISO_8859_1));
      // not buffered: what follows belongs to the tunnel
      InputStream in = Channels.newInputStream(server);
      int status = connection.within(HEADER_TIME, () -> HttpHead.statusOf(in));
      good = status / 100 == 2;
      if (!good) {
        throw new Answer(
            502,
            "Bad Gateway",
            "the proxy %s refuses to connect to %s (HTTP %d)".formatted(hop, authority, status));
      }
      return server;
    } catch (Answer e) {
      throw e;
    } catch (IOException e) {
      throw new Answer(502, "Bad Gateway", "the proxy %s does not answer".formatted(hop));
    } finally {
      if (!good) {
        server.close();
      }
    }
  }

  private SocketChannel connect(Target target) throws IOException {
    List<InetAddress> found;
    try {
      found = addresses.check(target.host, target.port);
    } catch (BlockedAddress e) {
      throw new Answer(403, "Forbidden", String.valueOf(e.getMessage()));
    }
    for (InetAddress address : found) {
      SocketChannel server = SocketChannel.open();
      try {
        server.socket().connect(new InetSocketAddress(address, target.port), CONNECT_MILLIS);
        return server;
      } catch (IOException e) {
        server.close();
      }
    }
    throw new Answer(502, "Bad Gateway", target.host + " does not accept connections");
  }
}
