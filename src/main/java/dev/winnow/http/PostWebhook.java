package dev.winnow.http;

import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.BlockedAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.CloseMode;

/**
 * Calls a webhook once: signed, at an address that was checked, without redirects, and within a
 * time that nothing at the other end can lengthen.
 */
final class PostWebhook {

  private static final long SECONDS = 10;

  private final AddressRule rule;

  /**
   * @param port of this server, which no webhook may reach
   */
  PostWebhook(int port) {
    this.rule = AddressRule.PUBLIC_ONLY.withoutOwn(List.of(port));
  }

  /**
   * @return why it was not taken, in one line; empty when it was
   */
  String send(ServerOptions.Webhook hook, String event, String delivery, String body) {
    URI uri = URI.create(hook.url());
    int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    CompletableFuture<String> answer = new CompletableFuture<>();
    HttpPost post = new HttpPost(uri);
    long now = Instant.now().getEpochSecond();
    post.setHeader("Winnow-Event", event);
    post.setHeader("Winnow-Delivery", delivery);
    post.setHeader("Winnow-Signature", "t=" + now + ",v1=" + signature(hook.secret(), now, body));
    post.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
    Thread.ofPlatform()
        .daemon()
        .name("webhook")
        .start(() -> answer.complete(post(hook, post, uri.getHost(), port)));
    try {
      return answer.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return "no answer within " + SECONDS + " s";
    } catch (ExecutionException e) {
      return "it could not be sent";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "the server stopped";
    } finally {
      post.cancel();
    }
  }

  private String post(ServerOptions.Webhook hook, HttpPost post, String host, int port) {
    AddressRule allowed = hook.anywhere() ? rule.allowing(List.of(host + ":" + port)) : rule;
    try (CloseableHttpClient client = client(allowed.check(host, port))) {
      int status = client.executeOpen(null, post, null).getCode();
      client.close(CloseMode.IMMEDIATE); // nobody reads the body
      return status / 100 == 2 ? "" : "it answered " + status;
    } catch (BlockedAddress e) {
      return CleanText.line(String.valueOf(e.getMessage()));
    } catch (IOException | RuntimeException e) {
      return CleanText.line("the connection failed: " + e.getMessage());
    }
  }

  /** Of the time and the body, so that an old call cannot be sent again. */
  static String signature(String secret, long time, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of()
          .formatHex(mac.doFinal((time + "." + body).getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CloseableHttpClient client(List<InetAddress> addresses) {
    return HttpClientBuilder.create()
        .setConnectionManager(
            BasicHttpClientConnectionManager.create(
                DefaultSchemePortResolver.INSTANCE,
                new Pinned(addresses),
                RegistryBuilder.<TlsSocketStrategy>create()
                    .register("https", DefaultClientTlsStrategy.createDefault())
                    .build(),
                null))
        .setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE))
        .setUserAgent("Winnow")
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
}
