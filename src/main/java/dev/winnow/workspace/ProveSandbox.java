package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.workspace.SandboxReport.Probe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Proves a sandbox by trying to break out of it: one real command that tries everything. */
final class ProveSandbox {

  /**
   * Harmless even where it succeeds: there may be no wall at all, and Winnow may be root. So
   * nothing is mounted, killed or written outside of the proof's own directory.
   *
   * <p>Each line of output is the name of an attempt that got out, or "alive" for the end.
   * Arguments: secret file, directory to write to, port of a server on the host, name of a variable
   * of Winnow's own environment, number of seconds that a daemon is recognised by.
   */
  private static final String ATTEMPTS =
      """
      cat "$1" >/dev/null 2>&1 && echo read-secret
      (echo x > "$2/escaped") 2>/dev/null
      grep -qsz "^$4=" /proc/[0-9]*/environ && echo foreign-environment
      unshare -Ur true 2>/dev/null && echo nested-namespace
      if command -v bash >/dev/null; then
        bash -c "exec 9<>/dev/tcp/127.0.0.1/$3" 2>/dev/null && echo network
      fi
      setsid sh -c 'sleep "$1" & sleep "$1"' sh "$5" >/dev/null 2>&1 &
      echo mine > ok && cat ok >/dev/null && echo alive
      """;

  private static final List<String> NAMES =
      List.of(
          "read-secret",
          "write-outside",
          "foreign-environment",
          "nested-namespace",
          "network",
          "daemon-survives");

  private ProveSandbox() {}

  static List<Probe> prove(Sandbox sandbox, Path dataDirectory) {
    Path area = dataDirectory.resolve("sandbox").resolve("proof-" + Ids.next());
    Path workspace = area.resolve("workspace");
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      Files.createDirectories(workspace);
      Files.setPosixFilePermissions(area, PosixFilePermissions.fromString("rwx--x--x"));
      OptionalInt owner = sandbox.owner(workspace);
      if (owner.isPresent()) {
        Files.setAttribute(workspace, "unix:uid", owner.getAsInt());
      }
      Path secret = Files.writeString(area.resolve("secret"), "secret");
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      server.configureBlocking(false);
      String port = Integer.toString(((InetSocketAddress) server.getLocalAddress()).getPort());
      String daemon = Integer.toString(ThreadLocalRandom.current().nextInt(1_000_000, 9_000_000));
      SandboxCommand command =
          SandboxCommand.of(
              workspace,
              Limits.DEFAULT.withWall(Duration.ofSeconds(20)),
              "/bin/sh",
              "-c",
              ATTEMPTS,
              "sh",
              secret.toString(),
              area.toString(),
              port,
              foreignVariable(),
              daemon);
      CommandResult result = sandbox.run(command, Cancellation.never());
      try (SocketChannel accepted = server.accept()) {
        Set<String> escapes = new HashSet<>(result.output().lines().toList());
        note(escapes, "network", accepted != null);
        note(escapes, "daemon-survives", isRunning(daemon));
        // inside, the path may exist as a private directory of the sandbox
        note(escapes, "write-outside", Files.exists(area.resolve("escaped")));
        return judge(result, escapes);
      }
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX,
          "the sandbox cannot be tried out: " + e.getMessage(),
          e);
    } finally {
      delete(area);
    }
  }

  private static void note(Set<String> escapes, String name, boolean out) {
    if (out) {
      escapes.add(name);
    }
  }

  private static List<Probe> judge(CommandResult result, Set<String> lines) {
    boolean alive = result.exited() && result.exitStatus() == 0 && lines.contains("alive");
    List<Probe> probes = new ArrayList<>();
    probes.add(new Probe("runs-commands", alive, alive ? "" : describe(result)));
    for (String name : NAMES) {
      boolean out = lines.contains(name);
      probes.add(new Probe(name, alive && !out, out ? "got out" : ""));
    }
    return probes;
  }

  private static String foreignVariable() {
    return System.getenv().keySet().stream()
        .filter(name -> name.matches("[A-Z_]+"))
        .filter(
            name -> !Set.of("PATH", "HOME", "TMPDIR", "LANG", "USER", "CI", "PWD").contains(name))
        .findFirst()
        .orElse("WINNOW_HAS_NO_VARIABLES");
  }

  private static boolean isRunning(String argument) {
    ProcessTable table = new ProcessTable();
    return !table
        .matching(
            process -> List.of(table.read(process, "cmdline").split("\0", -1)).contains(argument))
        .isEmpty();
  }

  private static void delete(Path area) {
    try {
      PrivateDirectory.delete(area);
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "cannot delete " + area + ": " + e.getMessage(), e);
    }
  }

  private static String describe(CommandResult result) {
    return result.ending()
        + " "
        + result.exitStatus()
        + ": "
        + PlainText.of(result.output()).lines().limit(3).collect(Collectors.joining(" "));
  }
}
