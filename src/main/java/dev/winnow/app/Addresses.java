package dev.winnow.app;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Addresses of servers as settings give them. */
final class Addresses {

  static final String EXPECTED =
      "http://host[:port]/path or https://..., without user and password";

  private Addresses() {}

  static Optional<URI> parse(String text) {
    try {
      URI uri = new URI(text.strip());
      String scheme = uri.getScheme();
      boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
      return web && uri.getHost() != null && uri.getUserInfo() == null && uri.getFragment() == null
          ? Optional.of(uri)
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
