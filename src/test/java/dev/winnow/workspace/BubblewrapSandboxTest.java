package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.workspace.ChooseSandbox.Preference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Order(2) // not among the last, where it would be alone
class BubblewrapSandboxTest extends SandboxContract {

  private static final class Chosen {
    static final Sandbox SANDBOX =
        ChooseSandbox.choose(Preference.BUBBLEWRAP, TestSandboxes.data());
  }

  @Override
  Preference preference() {
    return Preference.BUBBLEWRAP;
  }

  @Override
  Sandbox sandbox() {
    assumeTrue(FindTool.absolute("bwrap").isPresent(), "bubblewrap is not installed");
    return Chosen.SANDBOX;
  }

  private CommandResult runWith(List<Path> readOnly, String... argv) {
    return sandbox()
        .run(
            new SandboxCommand(
                List.of(argv), workspace, "", Map.of(), readOnly, List.of(), false, LIMITS),
            Cancellation.never());
  }

  @Test
  void loopbackWorksAndIsPrivate() {
    CommandResult result =
        run(
            LIMITS,
            "/usr/bin/python3",
            "-c",
            "import socket; s=socket.create_server(('127.0.0.1',0));"
                + " c=socket.create_connection(s.getsockname()); print('connected')");
    assertThat(result.output()).isEqualTo("connected\n");
  }

  @Test
  void onlyTheProcessesOfTheCommandExist() {
    assertThat(sh("ls /proc | grep -c '^[0-9]'; ls / | tr '\\n' ' '").output())
        .matches("[2-6]\n[a-z0-9 ]+")
        .doesNotContain("root", "var", "run", "mnt");
  }

  @Test
  void readOnlyPathThatOnlyRootCanPassIsBroughtIntoReach() throws IOException {
    Path hidden = Files.createDirectories(workspace.resolveSibling("hidden").resolve("cache"));
    Files.writeString(hidden.resolve("jar"), "good");
    Path file = Files.writeString(hidden.resolveSibling("file"), "single");
    Files.setPosixFilePermissions(hidden.getParent(), PosixFilePermissions.fromString("rwx------"));
    CommandResult result = runWith(List.of(hidden, file), "cat", hidden + "/jar", file.toString());
    assertThat(result.output()).isEqualTo("goodsingle");
    assertThat(runWith(List.of(hidden), "touch", hidden + "/x").exitStatus()).isNotZero();
  }

  @Test
  void mountBelowADirectoryThatTheCandidateWritesIsRefused() throws IOException {
    Path below = Files.createDirectory(workspace.resolve("below"));
    assertThatThrownBy(() -> runWith(List.of(below), "true"))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("is writable");
  }

  @Test
  void missingReadOnlyPathIsNamed() {
    Path missing = workspace.resolveSibling("no-such-cache");
    assertThatThrownBy(() -> runWith(List.of(missing), "true"))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("no-such-cache");
  }

  @Test
  void memoryBackedDirectoriesHaveASize() {
    CommandResult result =
        sh(
            "for d in /tmp /dev/shm; do head -c 700000000 /dev/zero > $d/x || echo full; rm $d/x; done");
    assertThat(result.output().lines().filter(line -> line.equals("full"))).hasSize(2);
  }
}
