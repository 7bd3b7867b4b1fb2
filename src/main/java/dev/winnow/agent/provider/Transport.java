package dev.winnow.agent.provider;

import dev.winnow.Cancellation;
import dev.winnow.agent.LongWaits;
import dev.winnow.workspace.egress.TrustCertificates;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Posts a request and waits for the head of the answer, within the limits of the attempt. HTTP/1.1
 * on purpose: one connection per call, so that giving up a call closes exactly its connection.
 */
final class Transport {

  /** How the JDK's client reports a CONNECT that was answered with another status than 200. */
  private static final String NO_TUNNEL = "Tunnel failed, got:";

  /** The client sets these itself. */
  private static final Set<String> RESERVED = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  static {
    RESERVED.addAll(
        List.of("connection", "content-length", "expect", "host", "upgrade", "accept-encoding"));
  }

  private final HttpClient client;
  private final UpstreamProxy upstream;

  Transport(Duration connect, UpstreamProxy upstream) {
    this.upstream = upstream;
    this.client =
        upstream
            .into(HttpClient.newBuilder())
            .version(HttpClient.Version.HTTP_1_1)
            // a redirect would carry the key to wherever the answer says
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connect)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** An answer whose head has arrived. */
  record Answer(int status, Map<String, List<String>> headers, AnswerStream body) {}

  /**
   * @throws ProviderFailure when there is no head of an answer in time
   * @throws Cancellation.Cancelled when the call was cancelled
   */
  Answer post(
      URI uri, Map<String, ? extends Iterable<String>> headers, byte[] body, Attempt attempt) {
    HttpRequest request = request(uri, headers, body);
    attempt.cancellation().check();
    AnswerStream stream = new AnswerStream(attempt);
    CompletableFuture<HttpResponse<AnswerStream>> future = client.sendAsync(request, _ -> stream);
    boolean answered = false;
    try (var _ = attempt.cancellation().onCancel(() -> future.cancel(true))) {
      HttpResponse<AnswerStream> response = head(future, attempt);
      if (response.statusCode() == 407) {
        throw refusedByProxy(uri, "wants a log-in (HTTP 407)");
      }
      answered = true;
      return new Answer(response.statusCode(), response.headers().map(), stream);
    } catch (TimeoutException e) {
      throw attempt.waitedTooLong(false);
    } catch (CancellationException e) {
      attempt.cancellation().check();
      throw cut();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    } catch (ExecutionException e) {
      attempt.cancellation().check();
      throw failure(uri, e.getCause());
    } finally {
      if (!answered) {
        future.cancel(true);
        stream.close();
      }
    }
  }

  /**
   * @throws TimeoutException when it does not come in time; the caller cancels the request
   */
  private static HttpResponse<AnswerStream> head(
      CompletableFuture<HttpResponse<AnswerStream>> future, Attempt attempt)
      throws TimeoutException, InterruptedException, ExecutionException {
    Duration patience =
        Duration.ofNanos(Math.min(attempt.limits().firstByte().toNanos(), attempt.left()));
    if (patience.compareTo(LongWaits.LONG) < 0) {
      return future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
    AtomicBoolean tooLong = new AtomicBoolean();
    Runnable giveUp =
        () -> {
          tooLong.set(true);
          future.cancel(true);
        };
    try (var _ = LongWaits.end(patience, giveUp)) {
      return future.get();
    } catch (CancellationException | ExecutionException e) {
      if (tooLong.get()) {
        throw new TimeoutException(); // which of them it is depends on how far the request was
      }
      throw e;
    }
  }

  private static HttpRequest request(
      URI uri, Map<String, ? extends Iterable<String>> headers, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach((name, values) -> {
      if (!RESERVED.contains(name)) {
        values.forEach(value -> request.header(name, value));
      }
    });
    return request.build();
  }

  private ProviderFailure failure(URI uri, @Nullable Throwable cause) {
    if (cause == null) {
      return cut();
    }
    String said = String.valueOf(cause.getMessage());
    if (said.startsWith(NO_TUNNEL)) {
      String status = said.substring(NO_TUNNEL.length()).strip();
      return refusedByProxy(
          uri, "does not connect to %s (HTTP %s)".formatted(uri.getHost(), status));
    }
    Optional<String> certificate = TrustCertificates.problem(uri.getHost(), cause);
    if (certificate.isPresent()) {
      return new ProviderFailure(ProviderFailure.Kind.CERTIFICATE, certificate.get());
    }
    boolean unreached =
        cause instanceof ConnectException
            || cause instanceof HttpConnectTimeoutException
            || cause instanceof UnresolvedAddressException
            || cause instanceof SSLException;
    return unreached
        ? new ProviderFailure(
            ProviderFailure.Kind.NO_CONNECTION,
            "there is no connection to %s%s (%s)"
                .formatted(
                    uri.getHost(),
                    upstream.shownFor(uri).map(" through the proxy "::concat).orElse(""),
                    cause.getClass().getSimpleName()))
        : cut();
  }

  private ProviderFailure refusedByProxy(URI uri, String what) {
    return new ProviderFailure(
        ProviderFailure.Kind.PROXY,
        "the proxy %s %s".formatted(upstream.shownFor(uri).orElse(""), what));
  }

  private static ProviderFailure cut() {
    return new ProviderFailure(
        ProviderFailure.Kind.CUT, "the connection was closed before the answer began");
  }
}
