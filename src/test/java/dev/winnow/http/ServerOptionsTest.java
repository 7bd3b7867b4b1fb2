package dev.winnow.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerOptionsTest {

  @Test
  void linksNameItAsClientsReachIt() {
    ServerOptions.Tls tls = new ServerOptions.Tls(Path.of("chain.pem"), Path.of("key.pem"));
    assertThat(exposed(Optional.empty(), Set.of()).on("127.0.0.1", 0).url(8080))
        .isEqualTo("http://127.0.0.1:8080");
    assertThat(exposed(Optional.of(tls), Set.of("w.example.org")).url(8443))
        .isEqualTo("https://w.example.org:8443");
    assertThat(exposed(Optional.of(tls), Set.of("w.example.org:9000")).url(8443))
        .isEqualTo("https://w.example.org:9000");
    assertThat(exposed(Optional.of(tls), Set.of("w.example.org")).url(443))
        .isEqualTo("https://w.example.org");
    // a proxy in front of it ends TLS
    assertThat(exposed(Optional.empty(), Set.of("w.example.org")).url(8080))
        .isEqualTo("https://w.example.org");
  }

  private static ServerOptions exposed(Optional<ServerOptions.Tls> tls, Set<String> hosts) {
    ServerOptions.Limits limits = ServerOptions.Limits.USUAL;
    return new ServerOptions("0.0.0.0", 0, hosts, Set.of(), tls, List.of(), List.of(), limits);
  }
}
