package dev.winnow.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How the server faces the network.
 *
 * @param host the address to bind
 * @param port 0 for any that is free
 * @param hosts names under which clients may reach it, besides its own address; with or without a
 *     port
 * @param proxies addresses of proxies in front of it that end TLS, and whose {@code
 *     X-Forwarded-For} is believed
 * @param tls empty for plain HTTP
 * @param repositories directories below which a repository must be for whoever is no admin
 * @param webhooks who is told about runs
 * @param limits what one client may use up
 */
public record ServerOptions(
    String host,
    int port,
    Set<String> hosts,
    Set<String> proxies,
    Optional<Tls> tls,
    List<Path> repositories,
    List<Webhook> webhooks,
    Limits limits) {

  /** A certificate chain and its key, as PEM files. */
  public record Tls(Path certificate, Path key) {}

  /**
   * A URL that is called when a run is over, or waits for a person.
   *
   * @param secret for the signature
   * @param anywhere whether the address may be a private one
   */
  public record Webhook(String url, String secret, boolean anywhere) {

    /** Without what a URL may carry as a secret: its query. */
    public String shown() {
      return url.replaceFirst("[?#].*", "");
    }

    @Override
    public String toString() {
      return shown();
    }
  }

  /**
   * What one client may use up.
   *
   * @param requestsPerMinute of one account
   * @param loginsPerMinute from one address
   * @param sockets of one account at the same time: WebSockets and event streams
   * @param bodyBytes of a request
   * @param seconds that a request may take to arrive
   */
  public record Limits(
      int requestsPerMinute, int loginsPerMinute, int sockets, int bodyBytes, int seconds) {
    public static final Limits USUAL = new Limits(600, 10, 20, 1 << 20, 30);
  }

  public static final ServerOptions USUAL =
      new ServerOptions(
          "127.0.0.1",
          8080,
          Set.of(),
          Set.of(),
          Optional.empty(),
          List.of(),
          List.of(),
          Limits.USUAL);

  public ServerOptions {
    hosts = Collections.unmodifiableSet(new LinkedHashSet<>(hosts)); // the first is in links
    proxies = Set.copyOf(proxies);
    repositories = List.copyOf(repositories);
    webhooks = List.copyOf(webhooks);
  }

  /** Whether only programs on this machine can reach it. */
  public boolean isPrivate() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Where clients reach it.
   *
   * @param listens the port that it listens on
   */
  public String url(int listens) {
    String own = (host.contains(":") ? "[" + host + "]" : host) + ":" + listens;
    if (isPrivate() || hosts.isEmpty()) {
      return (tls.isPresent() ? "https://" : "http://") + own;
    }
    String name = hosts.iterator().next();
    boolean complete = tls.isEmpty() || listens == 443 || name.matches(".*:\\d+");
    return "https://" + name + (complete ? "" : ":" + listens); // a proxy ends TLS on its own port
  }

  public ServerOptions on(String otherHost, int otherPort) {
    return new ServerOptions(
        otherHost, otherPort, hosts, proxies, tls, repositories, webhooks, limits);
  }

  public ServerOptions limitedTo(Limits others) {
    return new ServerOptions(host, port, hosts, proxies, tls, repositories, webhooks, others);
  }
}
