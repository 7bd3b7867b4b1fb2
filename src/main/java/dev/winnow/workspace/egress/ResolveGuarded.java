package dev.winnow.workspace.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Name resolution that gives only addresses which may be reached. The caller connects to what it
 * returns and never resolves again: a second answer could be another one.
 */
public final class ResolveGuarded {

  /** The host may not be reached; the message says why. */
  public static final class Refused extends IOException {
    Refused(String message) {
      super(message);
    }
  }

  private ResolveGuarded() {}

  /**
   * Addresses of a name or literal address.
   *
   * @param anyAddress also those that are not public
   * @throws Refused when one of its addresses is not public: a name with both kinds is an attack
   * @throws UnknownHostException when it has none
   */
  public static List<InetAddress> resolve(String host, boolean anyAddress) throws IOException {
    InetAddress[] found = InetAddress.getAllByName(host);
    if (!anyAddress && !Stream.of(found).allMatch(PublicAddresses::contains)) {
      throw new Refused(host + " leads to an address that is not public");
    }
    for (InetAddress address : found) {
      // Winnow's own servers, reached by the machine's public address
      if (!anyAddress && NetworkInterface.getByInetAddress(address) != null) {
        throw new Refused(host + " is this machine");
      }
    }
    return List.of(found);
  }
}
