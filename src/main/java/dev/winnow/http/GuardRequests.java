package dev.winnow.http;

import io.javalin.http.Context;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is checked before anybody asks who it is: method, Host, size, Origin, content type. In this
 * order, so that a page of another site learns nothing, not even whether a browser is logged in.
 */
final class GuardRequests {

  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE");
  static final Set<String> READ_ONLY = Set.of("GET", "HEAD");
  private static final Set<String> PROBES = Set.of("/healthz", "/readyz");
  private static final String CSP =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src"
          + " 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'none'";

  /** Of every answer: Jetty puts them there before anything else has a say. */
  static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          CSP,
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), geolocation=(), microphone=()",
          "Cache-Control",
          "no-store");

  private final AllowedHosts hosts;
  private final ServerOptions options;

  GuardRequests(AllowedHosts hosts, ServerOptions options) {
    this.hosts = hosts;
    this.options = options;
  }

  /** Again, for an error that may have thrown away what was there. */
  void harden(Context context) {
    HEADERS.forEach(context::header);
    promiseTls(context);
  }

  private void promiseTls(Context context) {
    if (isSecure(context)) {
      context.header("Strict-Transport-Security", "max-age=31536000");
    }
  }

  /**
   * @param upgrade whether the request would become a WebSocket
   * @throws Problem when it is refused
   */
  void check(Context context, boolean upgrade) {
    promiseTls(context);
    String method = context.req().getMethod();
    if (!METHODS.contains(method)) {
      throw Problem.of(405, "method-not-allowed", "Only GET, HEAD, POST, PUT and DELETE.");
    }
    // Javalin would take the route of that method, and all of this looks at the real one
    if (context.header("X-HTTP-Method-Override") != null) {
      throw Problem.of(405, "method-not-allowed", "The method cannot be overridden.");
    }
    // what looks after the process knows it by its address; nothing is told there
    if (PROBES.contains(context.path())) {
      return;
    }
    List<String> named = Collections.list(context.req().getHeaders("Host"));
    if (named.size() != 1 || !hosts.host(named.getFirst())) {
      throw Problem.of(
          421, "wrong-host", "This server is not known by that name: see server.hosts.");
    }
    int most = options.limits().bodyBytes() * 4;
    if (context.req().getContentLengthLong() > most) {
      throw tooLarge(most);
    }
    boolean changes = !READ_ONLY.contains(method);
    if (changes || upgrade) {
      checkOrigin(context);
    }
    if (changes && !method.equals("DELETE") && !isJson(context.req().getContentType())) {
      throw Problem.of(
          415, "not-json", "The body must be JSON, with Content-Type: application/json.");
    }
  }

  static Problem tooLarge(int most) {
    return Problem.of(
        413, "too-large", "The body is too large: %d KiB are allowed here.".formatted(most / 1024));
  }

  private void checkOrigin(Context context) {
    String origin = context.header("Origin");
    String site = context.header("Sec-Fetch-Site");
    boolean foreign =
        (origin != null && !hosts.origin(origin))
            || (site != null && !site.equals("same-origin") && !site.equals("none"));
    if (foreign) {
      throw Problem.forbidden("Requests of other sites are not answered.");
    }
  }

  /** A browser's cookie alone is no proof that its user wants this: the page's Origin is needed. */
  static void requireOrigin(Context context, Principal principal) {
    if (principal.cookie()
        && context.header("Origin") == null
        && !"same-origin".equals(context.header("Sec-Fetch-Site"))) {
      throw Problem.forbidden("A request with a cookie needs an Origin.");
    }
  }

  private static boolean isJson(@Nullable String type) {
    if (type == null) {
      return false;
    }
    String lower = type.toLowerCase(Locale.ROOT).replace(" ", "");
    return lower.equals("application/json") || lower.equals("application/json;charset=utf-8");
  }

  /** Whether the client's side of the connection is encrypted. */
  boolean isSecure(Context context) {
    return options.tls().isPresent()
        || (fromProxy(context) && "https".equals(context.header("X-Forwarded-Proto")));
  }

  /** Where the request comes from; what a client says about that is believed of a proxy only. */
  String address(Context context) {
    String forwarded = context.header("X-Forwarded-For");
    if (forwarded == null || !fromProxy(context)) {
      return context.req().getRemoteAddr();
    }
    String[] hops = forwarded.split(",", -1);
    return CleanText.line(hops[hops.length - 1]);
  }

  private boolean fromProxy(Context context) {
    return options.proxies().contains(context.req().getRemoteAddr());
  }
}
