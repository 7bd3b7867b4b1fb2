package dev.winnow.agent.tool;

import dev.winnow.Cancellation;
import dev.winnow.agent.tool.FetchFailure.Reason;
import dev.winnow.workspace.AddressRule;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Gets one page from the internet for a model. Each hop is checked anew and dials only the
 * addresses that were checked; sizes, headers, codings and the whole time are limited; there are no
 * proxies, cookies, credentials or retries.
 */
final class FetchPage {

  /**
   * What a server gave at the end of the redirects.
   *
   * @param body decoded, at most 2 MiB
   * @param cut whether there is more than that
   */
  record Page(
      URI uri,
      int status,
      String reason,
      @Nullable String contentType,
      ByteBuffer body,
      boolean cut) {}

  private static final int MAX_BYTES = 2 << 20;
  private static final int MAX_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final AddressRule rule;
  private final Duration time;

  /**
   * @param time for everything together: names, connections, redirects, and the body
   */
  FetchPage(AddressRule rule, Duration time) {
    this.rule = rule;
    this.time = time;
  }

  /**
   * Fetches on a thread of its own: neither a slow resolver nor a slow body can hold the caller.
   *
   * @throws Cancellation.Cancelled when the work was cancelled
   */
  Page fetch(String url, Cancellation cancellation) throws FetchFailure {
    URI start = FetchTarget.parse(url);
    cancellation.check();
    Hops hops = new Hops();
    CompletableFuture<Page> page = new CompletableFuture<>();
    try (var _ = cancellation.onCancel(() -> page.cancel(true))) {
      Thread.ofPlatform()
          .daemon()
          .name("http-fetch")
          .start(() -> {
            try {
              page.complete(hops.follow(start));
            } catch (Exception | StackOverflowError e) {
              page.completeExceptionally(e);
            }
          });
      return page.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw tooLong();
    } catch (java.util.concurrent.CancellationException e) {
      cancellation.check();
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } finally {
      hops.stop();
    }
  }

  private FetchFailure tooLong() {
    return new FetchFailure(
        Reason.TOO_LONG, "the page was not there after %d seconds".formatted(time.toSeconds()));
  }

  private FetchFailure failure(@Nullable Throwable cause) {
    return switch (cause) {
      case FetchFailure known -> known;
      // the connection has the same limit, and may notice it first
      case java.net.SocketTimeoutException _ -> tooLong();
      case org.apache.hc.core5.http.MessageConstraintException e ->
          new FetchFailure(Reason.BAD_ANSWER, "the answer has too many headers");
      case org.apache.hc.client5.http.ClientProtocolException e ->
          new FetchFailure(Reason.BAD_ANSWER, "the server's answer is not valid HTTP");
      case java.util.zip.ZipException e ->
          new FetchFailure(Reason.BAD_ANSWER, "the answer is not compressed as it says");
      case javax.net.ssl.SSLException e ->
          new FetchFailure(Reason.NO_CONNECTION, "no secure connection: " + e.getMessage());
      case IOException e ->
          new FetchFailure(Reason.NO_CONNECTION, "the connection failed: " + e.getMessage());
      case null, default ->
          new FetchFailure(Reason.BAD_ANSWER, "the page cannot be read: " + cause);
    };
  }

  /** One fetch with its redirects. */
  private final class Hops {
    private @Nullable HttpUriRequestBase request;
    private boolean stopped;

    Page follow(URI start) throws FetchFailure, IOException {
      URI next = start;
      for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
        FetchTarget target = FetchTarget.check(next, rule);
        try (CloseableHttpClient client = client(target.addresses())) {
          HttpUriRequestBase get = begin(target.uri());
          ClassicHttpResponse response = client.executeOpen(null, get, null);
          Header location = response.getFirstHeader(HttpHeaders.LOCATION);
          if (REDIRECTS.contains(response.getCode()) && location != null) {
            next = resolve(target.uri(), location.getValue());
            client.close(CloseMode.IMMEDIATE);
            continue;
          }
          Page page = read(target.uri(), response);
          // without this the rest of a large body would be read to reuse the connection
          get.cancel();
          client.close(CloseMode.IMMEDIATE);
          return page;
        }
      }
      throw new FetchFailure(
          Reason.TOO_MANY_REDIRECTS, "the server redirects more than 5 times: give the last URL");
    }

    private synchronized HttpUriRequestBase begin(URI uri) throws IOException {
      HttpUriRequestBase get = new HttpUriRequestBase("GET", uri);
      get.setHeader(HttpHeaders.ACCEPT, "text/html, text/*, application/json, */*;q=0.1");
      get.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
      if (stopped) {
        throw new IOException("stopped");
      }
      request = get;
      return get;
    }

    synchronized void stop() {
      stopped = true;
      if (request != null) {
        request.cancel();
      }
    }
  }

  private static URI resolve(URI from, String location) throws FetchFailure {
    try {
      return FetchTarget.parse(from.resolve(location.strip()).toString());
    } catch (IllegalArgumentException e) {
      throw new FetchFailure(
          Reason.INVALID_URL, "the server redirects to something that is no URL");
    }
  }

  private CloseableHttpClient client(List<InetAddress> addresses) {
    Lookup<TlsSocketStrategy> tls =
        RegistryBuilder.<TlsSocketStrategy>create()
            .register("https", DefaultClientTlsStrategy.createDefault())
            .build();
    ManagedHttpClientConnectionFactory connections =
        ManagedHttpClientConnectionFactory.builder()
            .http1Config(LimitedParser.CONFIG)
            .responseParserFactory(_ -> new LimitedParser())
            .build();
    SchemePortResolver ports = DefaultSchemePortResolver.INSTANCE;
    BasicHttpClientConnectionManager manager =
        BasicHttpClientConnectionManager.create(ports, new Pinned(addresses), tls, connections);
    Timeout timeout = Timeout.of(time);
    manager.setConnectionConfig(
        ConnectionConfig.custom().setConnectTimeout(timeout).setSocketTimeout(timeout).build());
    return HttpClientBuilder.create()
        .setConnectionManager(manager)
        .setRoutePlanner(new DefaultRoutePlanner(ports)) // proxies of the machine are not asked
        .setUserAgent("Winnow")
        .setConnectionReuseStrategy((_, _, _) -> false)
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableContentCompression()
        .disableCookieManagement()
        .disableAuthCaching()
        .build();
  }

  /** The addresses that were checked, whatever is asked for. */
  private record Pinned(List<InetAddress> addresses) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) {
      return addresses.toArray(InetAddress[]::new);
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
      throw new UnknownHostException(host);
    }
  }

  private static Page read(URI uri, ClassicHttpResponse response) throws FetchFailure, IOException {
    Header[] codings = response.getHeaders(HttpHeaders.CONTENT_ENCODING);
    String coding = codings.length == 0 ? "" : codings[0].getValue().strip();
    if (codings.length > 1 || coding.indexOf(',') >= 0) {
      throw new FetchFailure(Reason.BAD_ANSWER, "the answer is compressed more than once");
    }
    HttpEntity entity = response.getEntity();
    byte[] body = new byte[0];
    if (entity != null) {
      InputStream in = decoded(entity.getContent(), coding.toLowerCase(Locale.ROOT));
      // not closed: closing reads the rest, and a gzip bomb has a long one
      body = in.readNBytes(MAX_BYTES + 1);
    }
    boolean cut = body.length > MAX_BYTES;
    Header type = response.getFirstHeader(HttpHeaders.CONTENT_TYPE);
    return new Page(
        uri,
        response.getCode(),
        response.getReasonPhrase() == null ? "" : response.getReasonPhrase(),
        type == null ? null : type.getValue(),
        ByteBuffer.wrap(body, 0, Math.min(body.length, MAX_BYTES)).asReadOnlyBuffer(),
        cut);
  }

  private static InputStream decoded(InputStream in, String coding)
      throws FetchFailure, IOException {
    return switch (coding) {
      case "", "identity" -> in;
      case "gzip", "x-gzip" -> new GZIPInputStream(in, 8192);
      case "deflate" -> new InflaterInputStream(in);
      default ->
          throw new FetchFailure(
              Reason.BAD_ANSWER, "the answer is compressed in a way that was not asked for");
    };
  }
}
