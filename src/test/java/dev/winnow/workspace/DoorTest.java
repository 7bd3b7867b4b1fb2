package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import dev.winnow.workspace.egress.AllowedHost;
import dev.winnow.workspace.egress.EgressProxy;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way out of a sandbox leads to Winnow's server, and there is no other. */
class DoorTest {

  /** Sends a line to a port and shows what comes back; exits with 3 when it cannot connect. */
  private static final String TALK =
      """
      import socket, sys
      try:
        s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
      except OSError as e:
        print("no way: %s" % e); sys.exit(3)
      s.sendall(sys.argv[3].encode().replace(b"\\\\n", b"\\r\\n")); s.shutdown(1)
      while True:
        b = s.recv(4096)
        if not b: break
        sys.stdout.buffer.write(b)
      """;

  private static Sandbox sandbox(ChooseSandbox.Preference preference) {
    return ChooseSandbox.choose(preference, TestSandboxes.data());
  }

  private static CommandResult talk(
      Sandbox sandbox, Path workspace, Optional<Door> door, String host, int port, String text) {
    return sandbox.run(
        new SandboxCommand(
            List.of("/usr/bin/python3", "-c", TALK, host, Integer.toString(port), text),
            workspace,
            "",
            Map.of(),
            List.of(),
            List.of(),
            false,
            door,
            Limits.DEFAULT),
        Cancellation.never());
  }

  private static ServeConnections.Server saying(String text) {
    return channel -> {
      ByteBuffer heard = ByteBuffer.allocate(100);
      while (channel.read(heard) >= 0) {}
      String said = new String(heard.array(), 0, heard.position(), StandardCharsets.UTF_8);
      channel.write(ByteBuffer.wrap((text + said).getBytes(StandardCharsets.UTF_8)));
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"BUBBLEWRAP", "LANDLOCK", "NONE"})
  void aCommandReachesTheServerBehindItsDoor(ChooseSandbox.Preference preference) {
    Sandbox sandbox = sandbox(preference);
    Path workspace = TestSandboxes.newWorkspace(sandbox);
    try (Door door =
        Door.open(sandbox, workspace, workspace.resolveSibling("."), saying("you said "))) {
      CommandResult result =
          talk(sandbox, workspace, Optional.of(door), "127.0.0.1", door.port(), "hello");
      assertThat(result.output()).isEqualTo("you said hello");
      assertThat(result.exitStatus()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BUBBLEWRAP", "LANDLOCK"})
  void nothingElseOfTheHostIsReachable(ChooseSandbox.Preference preference) throws IOException {
    Sandbox sandbox = sandbox(preference);
    Path workspace = TestSandboxes.newWorkspace(sandbox);
    try (Door door = Door.open(sandbox, workspace, workspace.resolveSibling("."), saying("in"));
        ServeConnections other = ServeConnections.onLoopback(saying("secret"))) {
      CommandResult result =
          talk(sandbox, workspace, Optional.of(door), "127.0.0.1", other.port(), "hello");
      assertThat(result.output()).startsWith("no way");
      assertThat(result.exitStatus()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BUBBLEWRAP", "LANDLOCK"})
  void thereIsNoSocketForDatagramsBehindADoor(ChooseSandbox.Preference preference) {
    Sandbox sandbox = sandbox(preference);
    Path workspace = TestSandboxes.newWorkspace(sandbox);
    String ask =
        """
        import socket
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.sendto(b'x', ('192.0.2.1', 53))
        print('sent')
        """;
    try (Door door = Door.open(sandbox, workspace, workspace.resolveSibling("."), saying("in"))) {
      CommandResult result =
          sandbox.run(
              new SandboxCommand(
                  List.of("/usr/bin/python3", "-c", ask),
                  workspace,
                  "",
                  Map.of(),
                  List.of(),
                  List.of(),
                  false,
                  Optional.of(door),
                  Limits.DEFAULT),
              Cancellation.never());
      assertThat(result.output()).doesNotContain("sent");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BUBBLEWRAP", "LANDLOCK"})
  void theProxyBehindADoorLetsOnlyAllowedHostsThrough(ChooseSandbox.Preference preference)
      throws IOException {
    Sandbox sandbox = sandbox(preference);
    Path workspace = TestSandboxes.newWorkspace(sandbox);
    List<String> refused = Collections.synchronizedList(new ArrayList<>());
    try (ServeConnections provider = ServeConnections.onLoopback(saying("the provider heard "));
        Door door =
            Door.open(
                sandbox,
                workspace,
                workspace.resolveSibling("."),
                new EgressProxy(
                    List.of(AllowedHost.parse("127.0.0.1:" + provider.port())),
                    AddressRule.PUBLIC_ONLY.allowing(List.of("127.0.0.1")),
                    false,
                    UpstreamProxy.NONE,
                    refused::add))) {
      String open = "CONNECT 127.0.0.1:%d HTTP/1.1\\n\\n".formatted(provider.port());
      CommandResult allowed =
          talk(sandbox, workspace, Optional.of(door), "127.0.0.1", door.port(), open + "me");
      assertThat(allowed.output()).isEqualTo("HTTP/1.1 200 OK\r\n\r\nthe provider heard me");
      CommandResult other =
          talk(
              sandbox,
              workspace,
              Optional.of(door),
              "127.0.0.1",
              door.port(),
              "CONNECT example.com:443 HTTP/1.1\\n\\n");
      assertThat(other.output()).startsWith("HTTP/1.1 403 Forbidden\r\n");
      assertThat(refused)
          .containsExactly("example.com:443 is not among the hosts that may be reached");
    }
  }
}
