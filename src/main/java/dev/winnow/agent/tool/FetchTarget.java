package dev.winnow.agent.tool;

import dev.winnow.agent.tool.FetchFailure.Reason;
import dev.winnow.workspace.AddressRule;
import dev.winnow.workspace.BlockedAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL that may be fetched, with the only addresses that may be dialled for it.
 *
 * @param uri without fragment
 */
record FetchTarget(URI uri, String host, int port, List<InetAddress> addresses) {

  private static final int MAX_LENGTH = 8192;
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[^\\]@]*]|[^:@\\[\\]]*)(?::(\\d*))?");

  FetchTarget {
    addresses = List.copyOf(addresses);
  }

  /** Reads what a model or a server wrote. Nothing is resolved yet. */
  static URI parse(String url) throws FetchFailure {
    if (url.length() > MAX_LENGTH) {
      throw new FetchFailure(Reason.INVALID_URL, "the URL is longer than 8,192 characters");
    }
    String scheme = url.substring(0, Math.max(0, url.indexOf(':'))).toLowerCase(Locale.ROOT);
    if (scheme.matches("[a-z][a-z0-9+.-]*") && !scheme.matches("https?")) {
      throw new FetchFailure(
          Reason.BLOCKED_SCHEME, "only http:// and https:// can be fetched, not " + scheme + ":");
    }
    try {
      URI uri = new URI(url.strip());
      if (uri.getRawAuthority() == null || uri.isOpaque()) {
        throw new FetchFailure(Reason.INVALID_URL, "the URL is not of the form https://host/path");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new FetchFailure(
          Reason.INVALID_URL, "the URL is not valid: " + e.getReason().toLowerCase(Locale.ROOT));
    }
  }

  /** Checks everything, and resolves the host, once; may block as long as the resolver does. */
  static FetchTarget check(URI uri, AddressRule rule) throws FetchFailure {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new FetchFailure(
          Reason.BLOCKED_SCHEME, "only http:// and https:// can be fetched, not " + scheme + ":");
    }
    String authority = uri.getRawAuthority();
    if (authority.indexOf('@') >= 0) {
      throw new FetchFailure(Reason.INVALID_URL, "a URL with a user name is not fetched");
    }
    Matcher parts = AUTHORITY.matcher(authority);
    if (!parts.matches()) {
      throw new FetchFailure(Reason.INVALID_URL, "the URL names no valid host");
    }
    String host = parts.group(1).toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    int port = port(parts.group(2), usual);
    if (port != 80 && port != 443 && !rule.vouchedFor(host, port)) {
      throw new FetchFailure(
          Reason.BLOCKED_PORT, "only the ports 80 and 443 are fetched from, not " + port);
    }
    List<InetAddress> addresses = resolve(rule, host, port);
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String where = port == usual ? host : host + ":" + port;
    URI clean = URI.create(URI.create(scheme + "://" + where + path + query).toASCIIString());
    return new FetchTarget(clean, host, port, addresses);
  }

  private static int port(@org.jspecify.annotations.Nullable String text, int usual)
      throws FetchFailure {
    if (text == null || text.isEmpty()) {
      return usual;
    }
    int port = text.length() > 5 ? 0 : Integer.parseInt(text);
    if (port < 1 || port > 65_535) {
      throw new FetchFailure(Reason.INVALID_URL, "the URL's port is not between 1 and 65535");
    }
    return port;
  }

  private static List<InetAddress> resolve(AddressRule rule, String host, int port)
      throws FetchFailure {
    try {
      return rule.check(host, port);
    } catch (BlockedAddress e) {
      Reason reason =
          switch (e.reason()) {
            case INVALID_HOST -> Reason.INVALID_URL;
            case UNKNOWN_HOST -> Reason.UNKNOWN_HOST;
            case BLOCKED -> Reason.BLOCKED_ADDRESS;
          };
      throw new FetchFailure(reason, String.valueOf(e.getMessage()));
    }
  }
}
