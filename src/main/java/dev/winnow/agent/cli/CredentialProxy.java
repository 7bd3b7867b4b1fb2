package dev.winnow.agent.cli;

import dev.winnow.workspace.ServeConnections;
import dev.winnow.workspace.egress.Connection;
import dev.winnow.workspace.egress.HttpHead;
import dev.winnow.workspace.egress.TrustCertificates;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Stands between a program in the sandbox and its provider: takes requests that carry the session's
 * stand-in, puts the real key in its place, and passes on the few calls that the program needs, to
 * the one configured address. One request to a connection.
 */
final class CredentialProxy implements ServeConnections.Server, AutoCloseable {

  private static final int LARGEST_REQUEST = 64 << 20;

  /** Headers that belong to one connection, or that the proxy writes itself. */
  private static final Set<String> NOT_PASSED =
      Set.of(
          "host",
          "connection",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "content-length",
          "expect",
          "authorization",
          "x-api-key",
          "cookie",
          "http2-settings");

  private static final Set<String> NOT_PASSED_BACK =
      Set.of("connection", "keep-alive", "transfer-encoding", "content-length", "set-cookie");

  private final ProviderCalls calls;
  private final URI base;
  private final Optional<String> key;
  private final String standIn;
  private final Runnable activity;
  private final HttpClient client;

  /**
   * @param base the provider's address
   * @param key the real one; empty when the provider wants none
   * @param standIn what the program inside has to show
   * @param upstream the proxy that the provider is reached through
   * @param activity is called whenever something came from the provider
   */
  CredentialProxy(
      ProviderCalls calls,
      URI base,
      Optional<String> key,
      String standIn,
      UpstreamProxy upstream,
      Runnable activity) {
    this.calls = calls;
    this.base = base;
    this.key = key;
    this.standIn = standIn;
    this.activity = activity;
    this.client =
        upstream
            .into(HttpClient.newBuilder())
            // small servers stumble over the offer to switch to HTTP/2
            .version(
                "http".equals(base.getScheme())
                    ? HttpClient.Version.HTTP_1_1
                    : HttpClient.Version.HTTP_2)
            .connectTimeout(Duration.ofSeconds(20))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  @Override
  public void serve(SocketChannel channel) throws IOException {
    Connection connection = new Connection(channel);
    try {
      Optional<HttpHead> head = HttpHead.read(connection.in());
      if (head.isEmpty()) {
        return;
      }
      if (!allowed(head.get())) {
        connection.answer(401, "Unauthorized", "not the key of this session");
        return;
      }
      Optional<URI> target = calls.target(base, head.get().method(), head.get().target());
      if (target.isEmpty()) {
        connection.answer(
            403, "Forbidden", head.get().method() + " of this path is not passed on by Winnow");
        return;
      }
      byte[] body = body(connection, head.get());
      if (body == null) {
        connection.answer(413, "Content Too Large", "the request is too large");
        return;
      }
      pass(connection, head.get(), target.get(), body);
    } catch (HttpHead.Malformed e) {
      connection.answer(400, "Bad Request", String.valueOf(e.getMessage()));
    }
  }

  private boolean allowed(HttpHead head) throws HttpHead.Malformed {
    String bearer = head.header("authorization").orElse("");
    String shown =
        bearer.startsWith("Bearer ")
            ? bearer.substring("Bearer ".length())
            : head.header("x-api-key").orElse("");
    return MessageDigest.isEqual(
        shown.getBytes(StandardCharsets.UTF_8), standIn.getBytes(StandardCharsets.UTF_8));
  }

  private static byte @org.jspecify.annotations.Nullable [] body(
      Connection connection, HttpHead head) throws IOException {
    Optional<String> coding = head.header("transfer-encoding");
    Optional<String> length = head.header("content-length");
    if (coding.isPresent()) {
      if (length.isPresent() || !coding.get().equalsIgnoreCase("chunked")) {
        throw HttpHead.malformed("the body's length is not clear");
      }
      return ReadChunked.all(connection.in(), LARGEST_REQUEST);
    }
    if (!length.orElse("0").matches("\\d{1,10}")) {
      throw HttpHead.malformed("the body's length is no number");
    }
    long bytes = Long.parseLong(length.orElse("0"));
    if (bytes > LARGEST_REQUEST) {
      return null;
    }
    if (head.header("expect").isPresent()) {
      connection.out().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      connection.out().flush();
    }
    byte[] body = connection.in().readNBytes((int) bytes);
    if (body.length < bytes) {
      throw new IOException("the request ended early");
    }
    return body;
  }

  private void pass(Connection connection, HttpHead head, URI target, byte[] body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .method(
                head.method(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    for (HttpHead.Header header : head.headers()) {
      if (!NOT_PASSED.contains(header.name().toLowerCase(Locale.ROOT))) {
        request.header(header.name(), header.value());
      }
    }
    key.ifPresent(secret -> calls.authenticate(request, secret));
    HttpResponse<InputStream> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      String why = TrustCertificates.problem(target.getHost(), e).map(": "::concat).orElse("");
      connection.answer(502, "Bad Gateway", "the provider cannot be reached" + why);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try (InputStream answer = response.body()) {
      activity.run();
      OutputStream out = connection.out();
      out.write(head(response).getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      byte[] buffer = new byte[16 * 1024];
      for (int n = answer.read(buffer); n >= 0; n = answer.read(buffer)) {
        if (n > 0) {
          activity.run();
          out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
          out.write(buffer, 0, n);
          out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
          out.flush();
        }
      }
      // only a whole answer gets its end: a cut one has to look cut inside as well
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }

  private static String head(HttpResponse<InputStream> response) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + response.statusCode() + " Answer\r\n");
    response
        .headers()
        .map()
        .forEach((name, values) -> {
          if (!name.startsWith(":") && !NOT_PASSED_BACK.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> head.append(name).append(": ").append(value).append("\r\n"));
          }
        });
    return head.append("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n").toString();
  }

  /** Ends calls that are under way. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
