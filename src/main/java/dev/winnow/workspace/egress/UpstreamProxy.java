package dev.winnow.workspace.egress;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The proxy through which this machine's network is left: {@code HTTPS_PROXY} and {@code
 * HTTP_PROXY}, except for the hosts of {@code NO_PROXY} and for the machine itself; and whose
 * certificates are believed on that way ({@code SSL_CERT_FILE}). Immutable.
 */
public final class UpstreamProxy extends ProxySelector {

  /** Straight out. */
  public static final UpstreamProxy NONE = new UpstreamProxy(null, null, List.of(), null);

  /** Names of the variables that may hold a password. */
  public static final List<String> VARIABLES =
      List.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy");

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:http://)?(?:([^:@/]*)(?::([^@/]*))?@)?([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?/?");

  /** A proxy; its user and password are empty when it wants none. */
  record Hop(String host, int port, String user, String password) {

    /** Without the password: this may be shown. */
    @Override
    public String toString() {
      return host + ":" + port;
    }

    /** Of the header {@code Proxy-Authorization}; empty when it wants no log-in. */
    Optional<String> authorization() {
      byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return user.isEmpty()
          ? Optional.empty()
          : Optional.of("Basic " + Base64.getEncoder().encodeToString(both));
    }
  }

  private final @Nullable Hop https;
  private final @Nullable Hop http;
  private final List<String> direct;
  private final @Nullable Path certificates;

  private UpstreamProxy(
      @Nullable Hop https, @Nullable Hop http, List<String> direct, @Nullable Path certificates) {
    this.https = https;
    this.http = http;
    this.direct = direct;
    this.certificates = certificates;
  }

  /**
   * Reads the variables, written in small or in capital letters.
   *
   * @throws WinnowException of category SETTINGS that names the variable and repeats no value
   */
  public static UpstreamProxy of(Map<String, String> environment) {
    Hop https = hop(environment, "HTTPS_PROXY");
    Hop http = hop(environment, "HTTP_PROXY");
    String file = value(environment, TrustCertificates.VARIABLE);
    if (https == null && http == null && file.isEmpty()) {
      return NONE;
    }
    // without a stream: every command comes by here, and few of them need one for anything else
    List<String> direct = new ArrayList<>();
    for (String host : value(environment, "NO_PROXY").toLowerCase(Locale.ROOT).split("[,\\s]+")) {
      if (!host.isEmpty()) {
        direct.add(host);
      }
    }
    return new UpstreamProxy(
        https, http, List.copyOf(direct), file.isEmpty() ? null : Path.of(file));
  }

  private static String value(Map<String, String> environment, String name) {
    String small = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    return (small.isBlank() ? environment.getOrDefault(name, "") : small).strip();
  }

  private static @Nullable Hop hop(Map<String, String> environment, String name) {
    String value = value(environment, name);
    if (value.isEmpty()) {
      return null;
    }
    Matcher matcher = ADDRESS.matcher(value);
    int port = 0;
    if (matcher.matches()) {
      port = matcher.group(4) == null ? 80 : Integer.parseInt(matcher.group(4));
    }
    if (port < 1 || port > 65_535) {
      throw new WinnowException(
          WinnowException.Category.SETTINGS,
          "environment: %s: expected http://host:port or http://user:password@host:port"
              .formatted(name));
    }
    return new Hop(matcher.group(3), port, decoded(matcher.group(1)), decoded(matcher.group(2)));
  }

  private static String decoded(@Nullable String part) {
    if (part == null) {
      return "";
    }
    // a stray percent sign stands for itself, and a plus sign is none of a form's spaces
    String safe = part.replaceAll("%(?![0-9A-Fa-f]{2})", "%25").replace("+", "%2B");
    return URLDecoder.decode(safe, StandardCharsets.UTF_8);
  }

  /** What stands before a host; empty when it is connected to directly. */
  Optional<Hop> before(String scheme, String host, int port) {
    Hop hop = scheme.equals("https") ? https : http;
    return hop == null || isDirect(host.toLowerCase(Locale.ROOT), port)
        ? Optional.empty()
        : Optional.of(hop);
  }

  private boolean isDirect(String host, int port) {
    if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
      return true;
    }
    return direct.stream()
        .anyMatch(except -> {
          String wanted = except.replaceFirst("^\\*?\\.", "").replaceFirst(":" + port + "$", "");
          return except.equals("*") || host.equals(wanted) || host.endsWith("." + wanted);
        });
  }

  /** The proxy before an address, as host and port, for people; empty when there is none. */
  public Optional<String> shownFor(URI address) {
    return before(address).map(Hop::toString);
  }

  private Optional<Hop> before(URI address) {
    String scheme = String.valueOf(address.getScheme());
    int usual = scheme.equals("https") ? 443 : 80;
    int port = address.getPort() < 0 ? usual : address.getPort();
    return address.getHost() == null ? Optional.empty() : before(scheme, address.getHost(), port);
  }

  /** For people: which proxies there are, without passwords. */
  public String shown() {
    if (!isThere()) {
      return "none";
    }
    return "https %s, http %s, none for %s"
        .formatted(
            https == null ? "none" : https,
            http == null ? "none" : http,
            direct.isEmpty() ? "this machine" : String.join(" ", direct));
  }

  /** The file with authorities that are trusted beside the JDK's. */
  public Optional<Path> certificates() {
    return Optional.ofNullable(certificates);
  }

  /** Whether there is a proxy for anything. */
  public boolean isThere() {
    return https != null || http != null;
  }

  /**
   * Sends what the client asks through the proxy.
   *
   * @throws WinnowException of category SETTINGS when the file of certificates cannot be used
   */
  public HttpClient.Builder into(HttpClient.Builder plain) {
    HttpClient.Builder client =
        certificates == null ? plain : plain.sslContext(TrustCertificates.of(certificates));
    if (!isThere()) {
      return client; // the JDK's own settings hold
    }
    boolean logsIn =
        (https != null && !https.user.isEmpty()) || (http != null && !http.user.isEmpty());
    if (logsIn && System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
      // off in the JDK, because it shows the password to the proxy's network; here it was asked for
      System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }
    return logsIn ? client.proxy(this).authenticator(new LogIn()) : client.proxy(this);
  }

  @Override
  public List<Proxy> select(URI address) {
    return List.of(
        before(address)
            .map(hop ->
                new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(hop.host, hop.port)))
            .orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
    // whoever asked sees the failure
  }

  private final class LogIn extends Authenticator {
    @Override
    protected @Nullable PasswordAuthentication getPasswordAuthentication() {
      for (Hop hop : new @Nullable Hop[] {https, http}) {
        if (hop != null
            && getRequestorType() == RequestorType.PROXY
            && hop.host.equalsIgnoreCase(getRequestingHost())
            && hop.port == getRequestingPort()) {
          return new PasswordAuthentication(hop.user, hop.password.toCharArray());
        }
      }
      return null; // a provider that asks gets nothing
    }
  }
}
