package dev.winnow.workspace;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * A range of addresses in CIDR form. The methods of {@link InetAddress} are not enough: they know
 * neither the carrier range, nor NAT64, nor 6to4, nor the ranges for documentation.
 */
final class AddressRange {

  private static final List<AddressRange> SPECIAL_4 =
      ranges(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3");

  /** What is routed at all: no loopback, no mapped IPv4, no NAT64, no local addresses. */
  private static final AddressRange GLOBAL_6 = range("2000::/3");

  /** Protocol assignments with Teredo, documentation, and 6to4, which holds an IPv4 address. */
  private static final List<AddressRange> SPECIAL_6 =
      ranges("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

  private final byte[] prefix;
  private final int bits;

  private AddressRange(byte[] prefix, int bits) {
    this.prefix = prefix;
    this.bits = bits;
  }

  static boolean isPublic(InetAddress address) {
    return address instanceof Inet4Address
        ? SPECIAL_4.stream().noneMatch(range -> range.has(address))
        : GLOBAL_6.has(address) && SPECIAL_6.stream().noneMatch(range -> range.has(address));
  }

  private boolean has(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != prefix.length) {
      return false;
    }
    int whole = bits / 8;
    if (!Arrays.equals(prefix, 0, whole, other, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    int mask = 0xFF << (8 - rest);
    return rest == 0 || ((prefix[whole] ^ other[whole]) & mask & 0xFF) == 0;
  }

  private static List<AddressRange> ranges(String... cidrs) {
    return Arrays.stream(cidrs).map(AddressRange::range).toList();
  }

  private static AddressRange range(String cidr) {
    int slash = cidr.indexOf('/');
    byte[] prefix = InetAddress.ofLiteral(cidr.substring(0, slash)).getAddress();
    return new AddressRange(prefix, Integer.parseInt(cidr, slash + 1, cidr.length(), 10));
  }
}
