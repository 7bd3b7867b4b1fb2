package dev.winnow.workspace;

import dev.winnow.workspace.BlockedAddress.Reason;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Decides which hosts Winnow connects to for somebody whom it does not trust: a model, a page, a
 * program in the sandbox. Public addresses only, after the name was resolved; whoever asks connects
 * to the addresses that it gets from here and resolves nothing a second time. Immutable.
 */
public final class AddressRule {

  /** Finds the addresses of a name. */
  public interface Resolver {
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  /** Public addresses only, by the machine's own resolver. */
  public static final AddressRule PUBLIC_ONLY =
      new AddressRule(host -> List.of(InetAddress.getAllByName(host)), Set.of(), Set.of());

  private static final int MAX_NAME = 253;

  /** Letters of other scripts have several spellings; punycode has one. */
  private static final Pattern NAME =
      Pattern.compile(
          "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

  /** The last label of an address in any of the forms that the C library reads. */
  private static final Pattern NUMERIC = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");

  private static final Pattern DOTTED =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.|$)){4}");

  private final Resolver resolver;
  private final Set<String> named;
  private final Set<Integer> ownPorts;

  private AddressRule(Resolver resolver, Set<String> named, Set<Integer> ownPorts) {
    this.resolver = resolver;
    this.named = Set.copyOf(named);
    this.ownPorts = Set.copyOf(ownPorts);
  }

  /**
   * The same rule, in which the operator vouches for hosts whose addresses are not public: a
   * package mirror, a documentation server, a test server.
   *
   * @param hosts names for all their ports, or with one, as in {@code docs.corp:8443}; an IPv6
   *     address stands in brackets
   */
  public AddressRule allowing(Collection<String> hosts) {
    Set<String> all = new HashSet<>(named);
    hosts.forEach(host -> all.add(host.strip().toLowerCase(Locale.ROOT)));
    return new AddressRule(resolver, all, ownPorts);
  }

  /** The same rule, in which these ports of this machine are never reached: Winnow's own. */
  public AddressRule withoutOwn(Collection<Integer> ports) {
    Set<Integer> all = new HashSet<>(ownPorts);
    all.addAll(ports);
    return new AddressRule(resolver, named, all);
  }

  /** The same rule with other answers for names. Literal addresses are never asked for. */
  public AddressRule resolving(Resolver other) {
    return new AddressRule(other, named, ownPorts);
  }

  /** Whether the operator vouched for this host and port by name. */
  public boolean vouchedFor(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    return named.contains(name) || named.contains(name + ":" + port);
  }

  /**
   * Resolves a host once. A name with one forbidden address among its addresses is forbidden.
   *
   * @param host a name, an IPv4 address, or an IPv6 address with or without brackets
   * @return what may be connected to, never empty; may block as long as the resolver does
   * @throws BlockedAddress when the host must not be connected to
   */
  public List<InetAddress> check(String host, int port) throws BlockedAddress {
    String name = canonical(host);
    List<InetAddress> addresses = addresses(name);
    boolean vouched = vouchedFor(name, port);
    for (InetAddress address : addresses) {
      boolean own = isOwn(address);
      if (own && ownPorts.contains(port)) {
        throw new BlockedAddress(Reason.BLOCKED, name + " is Winnow's own address");
      }
      if (!vouched && (own || !AddressRange.isPublic(address))) {
        throw new BlockedAddress(
            Reason.BLOCKED,
            address.getHostAddress().equals(name)
                ? name + " is not a public address"
                : name + " has the address " + address.getHostAddress() + ", which is not public");
      }
    }
    return addresses;
  }

  private List<InetAddress> addresses(String name) throws BlockedAddress {
    try {
      boolean literal = name.startsWith("[") || DOTTED.matcher(name).matches();
      List<InetAddress> found =
          literal ? List.of(InetAddress.ofLiteral(bare(name))) : resolver.addresses(name);
      if (!found.isEmpty()) {
        return List.copyOf(found);
      }
    } catch (UnknownHostException e) {
      // told below, in the words that are the same for each resolver
    } catch (IllegalArgumentException e) {
      throw new BlockedAddress(Reason.INVALID_HOST, "the host is not an IPv6 address");
    }
    throw new BlockedAddress(Reason.UNKNOWN_HOST, "the host " + name + " is not known");
  }

  private static String canonical(String host) throws BlockedAddress {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.startsWith("[") || name.indexOf(':') >= 0) {
      String address = bare(name);
      if (address.indexOf('%') >= 0) {
        throw new BlockedAddress(Reason.INVALID_HOST, "an address with a zone is not allowed");
      }
      return "[" + address + "]";
    }
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
      throw new BlockedAddress(
          Reason.INVALID_HOST, "the host is not a valid name (other scripts: write punycode)");
    }
    // 127.1, 0x7f000001, 2130706433 and 0177.0.0.1 mean different things to different programs
    if (NUMERIC.matcher(name).matches() && !DOTTED.matcher(name).matches()) {
      throw new BlockedAddress(
          Reason.INVALID_HOST, "write an IPv4 address as four decimal numbers: 192.0.2.1");
    }
    return name;
  }

  private static String bare(String name) {
    return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
  }

  private static boolean isOwn(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true; // what cannot be told apart from this machine is not connected to
    }
  }
}
