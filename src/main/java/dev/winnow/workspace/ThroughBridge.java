package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts {@link BridgeLoopback} before a command that has a door in a network namespace. */
final class ThroughBridge {

  private ThroughBridge() {}

  static SandboxCommand of(SandboxCommand command, SandboxFiles files) {
    Path socket = command.door().map(Door::socket).orElse(null);
    if (socket == null) {
      return command;
    }
    Path java = javaHome();
    List<Path> readOnly = new ArrayList<>(command.readOnly());
    readOnly.addAll(List.of(java, files.bridge(), socket));
    List<String> argv = new ArrayList<>();
    argv.add(java.resolve("bin/java").toString());
    // small and quick: it copies bytes
    argv.addAll(List.of("-Xmx24m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    argv.addAll(List.of("-XX:-UsePerfData", "-Xshare:auto", "-cp", files.bridge().toString()));
    argv.addAll(List.of(BridgeLoopback.class.getName(), Integer.toString(Door.INSIDE)));
    argv.addAll(List.of(socket.toString(), "/bin/sh", "-c", "exec \"$@\"", "sh"));
    argv.addAll(command.argv());
    return new SandboxCommand(
        argv,
        command.workspace(),
        command.directory(),
        command.environment(),
        readOnly.stream().distinct().toList(),
        command.writable(),
        false,
        Optional.empty(),
        command.limits());
  }

  private static Path javaHome() {
    try {
      return Path.of(System.getProperty("java.home")).toRealPath();
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "Winnow's own JDK cannot be found any more", e);
    }
  }
}
