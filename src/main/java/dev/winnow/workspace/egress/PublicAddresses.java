package dev.winnow.workspace.egress;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Tells addresses of the public internet from those that lead to this machine, its network, or a
 * cloud's metadata service. An allow list for IPv6 (2000::/3 without tunnels), a deny list for
 * IPv4: the JDK's own questions miss carrier-grade NAT, NAT64, 6to4 and the documentation ranges.
 */
public final class PublicAddresses {

  private record Range(int network, int bits) {
    boolean has(int address) {
      return (address ^ network) >>> (32 - bits) == 0;
    }
  }

  private static final List<Range> RESERVED =
      List.of(
          range(0, 0, 0, 8),
          range(10, 0, 0, 8),
          range(100, 64, 0, 10),
          range(127, 0, 0, 8),
          range(169, 254, 0, 16),
          range(172, 16, 0, 12),
          range(192, 0, 0, 24),
          range(192, 0, 2, 24),
          range(192, 88, 99, 24),
          range(192, 168, 0, 16),
          range(198, 18, 0, 15),
          range(198, 51, 100, 24),
          range(203, 0, 113, 24),
          range(224, 0, 0, 3)); // multicast, reserved, broadcast

  private PublicAddresses() {}

  public static boolean contains(InetAddress address) {
    return switch (address) {
      case Inet4Address four -> isPublic(first32(four.getAddress()));
      case Inet6Address six -> isPublic(six.getAddress());
      default -> false;
    };
  }

  private static boolean isPublic(int address) {
    return RESERVED.stream().noneMatch(range -> range.has(address));
  }

  private static boolean isPublic(byte[] address) {
    int start = first32(address);
    boolean unicast = (start & 0xE000_0000) == 0x2000_0000; // 2000::/3
    boolean teredo = start == 0x2001_0000; // 2001::/32
    boolean documentation = start == 0x2001_0db8;
    boolean sixToFour = start >>> 16 == 0x2002;
    return unicast && !teredo && !documentation && !sixToFour;
  }

  private static int first32(byte[] bytes) {
    return (bytes[0] & 0xff) << 24
        | (bytes[1] & 0xff) << 16
        | (bytes[2] & 0xff) << 8
        | (bytes[3] & 0xff);
  }

  private static Range range(int a, int b, int c, int bits) {
    return new Range(a << 24 | b << 16 | c << 8, bits);
  }
}
