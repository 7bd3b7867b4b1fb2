package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.workspace.BlockedAddress.Reason;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressRuleTest {

  private static final Map<String, List<String>> NAMES =
      Map.of(
          "public.test", List.of("93.184.216.34", "2606:2800:220:1::1"),
          "mixed.test", List.of("93.184.216.34", "10.0.0.7"),
          "inside.test", List.of("10.0.0.7"),
          "empty.test", List.of());

  private static final AddressRule RULE =
      AddressRule.PUBLIC_ONLY.resolving(host -> {
        List<String> known = NAMES.get(host);
        if (known == null) {
          throw new UnknownHostException(host);
        }
        return known.stream().map(InetAddress::ofLiteral).toList();
      });

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[100::1]",
        "[2001::1]",
        "[2001:10::1]",
        "[2001:db8::1]",
        "[2002:7f00:1::]",
        "[3fff::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[5f00::1]"
      })
  void anAddressOfASpecialRangeIsBlocked(String host) {
    assertThat(reasonFor(host)).isEqualTo(Reason.BLOCKED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "198.17.255.255",
        "198.20.0.1",
        "223.255.255.255",
        "[2606:4700::1111]",
        "2606:4700::1111",
        "[2001:4860:4860::8888]"
      })
  void aPublicAddressIsAllowed(String host) throws Exception {
    assertThat(RULE.check(host, 443)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a..b",
        "-a.test",
        "a-.test",
        "a b",
        "a/b",
        "a@b",
        "a%2eb",
        "127.1",
        "0x7f000001",
        "0x7f.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.256",
        "1.2.3.4.5",
        "0x",
        "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
        "b\u00fccher.example",
        "[::1",
        "[::g]",
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "fe80::1%lo",
        "[1.2.3.4:80]"
      })
  void whatProgramsReadDifferentlyIsNoHost(String host) {
    assertThat(reasonFor(host)).isEqualTo(Reason.INVALID_HOST);
  }

  @Test
  void aNameOfMoreThan253CharactersIsNoHost() {
    assertThat(reasonFor("a.".repeat(130) + "example")).isEqualTo(Reason.INVALID_HOST);
  }

  @Test
  void aNameIsCheckedAfterItWasResolved() throws Exception {
    assertThat(RULE.check("PUBLIC.test.", 443)).hasSize(2);
    assertThat(reasonFor("inside.test")).isEqualTo(Reason.BLOCKED);
    assertThat(reasonFor("unknown.test")).isEqualTo(Reason.UNKNOWN_HOST);
    assertThat(reasonFor("empty.test")).isEqualTo(Reason.UNKNOWN_HOST);
  }

  @Test
  void oneForbiddenAddressForbidsTheName() {
    assertThat(reasonFor("mixed.test")).isEqualTo(Reason.BLOCKED);
  }

  @Test
  void theOperatorVouchesForAHostByItsName() throws Exception {
    AddressRule rule = RULE.allowing(List.of("Inside.test", "127.0.0.1:8000", "[::1]:8000"));

    assertThat(rule.check("inside.test", 80)).hasSize(1);
    assertThat(rule.check("127.0.0.1", 8000)).hasSize(1);
    assertThat(rule.check("[::1]", 8000)).hasSize(1);
    assertThatThrownBy(() -> rule.check("127.0.0.1", 8001)).isInstanceOf(BlockedAddress.class);
    // the address is vouched for by that name only
    assertThatThrownBy(() -> rule.check("10.0.0.7", 80)).isInstanceOf(BlockedAddress.class);
  }

  @Test
  void winnowsOwnPortIsNeverReachedAlsoWhenTheHostIsVouchedFor() throws Exception {
    AddressRule rule =
        RULE.allowing(List.of("127.0.0.1", "[::1]", "0.0.0.0")).withoutOwn(List.of(8080));

    assertThat(rule.check("127.0.0.1", 8081)).hasSize(1);
    for (String host : List.of("127.0.0.1", "[::1]", "0.0.0.0")) {
      assertThatThrownBy(() -> rule.check(host, 8080)).hasMessageContaining("Winnow's own address");
    }
  }

  @Test
  void anAddressOfThisMachineIsBlockedWhateverItIs() throws Exception {
    List<InetAddress> own =
        NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();

    for (InetAddress address : own) {
      AddressRule rule = RULE.resolving(_ -> List.of(address));
      assertThatThrownBy(() -> rule.check("public.test", 80)).isInstanceOf(BlockedAddress.class);
    }
  }

  private static Reason reasonFor(String host) {
    try {
      var addresses = RULE.check(host, 443);
      throw new AssertionError(host + " is allowed: " + addresses);
    } catch (BlockedAddress e) {
      return e.reason();
    }
  }
}
