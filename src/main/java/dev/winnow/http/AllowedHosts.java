package dev.winnow.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The names under which the server may be reached. A page of another site that made its own name
 * point to this machine (DNS rebinding) is not among them, whatever it sends as Origin.
 */
final class AllowedHosts {

  private final Set<String> exact = new HashSet<>();

  AllowedHosts(ServerOptions options, int port) {
    options.hosts().forEach(name -> exact.add(name.toLowerCase(Locale.ROOT)));
    if (options.isPrivate()) {
      for (String name : new String[] {"localhost", "127.0.0.1", "[::1]"}) {
        own(name, port);
      }
    }
    String host = options.host();
    own(host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host, port);
  }

  private void own(String name, int port) {
    exact.add(name.toLowerCase(Locale.ROOT) + ":" + port);
    if (port == 80 || port == 443) {
      exact.add(name.toLowerCase(Locale.ROOT));
    }
  }

  /** Whether this is an allowed value of the header Host. */
  boolean host(String value) {
    String host = value.toLowerCase(Locale.ROOT);
    return exact.contains(host) || exact.contains(host.replaceFirst(":\\d{1,5}$", ""));
  }

  /** Whether this is an allowed value of the header Origin. */
  boolean origin(String value) {
    try {
      URI origin = new URI(value);
      String scheme = origin.getScheme();
      return scheme != null
          && (scheme.equals("http") || scheme.equals("https"))
          && origin.getRawAuthority() != null
          && origin.getRawUserInfo() == null
          && value.equals(scheme + "://" + origin.getRawAuthority())
          && host(origin.getRawAuthority());
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
