package dev.winnow.agent.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the programs that the browser tool needs: agent-browser's own binary, not the launcher
 * around it that needs Node, and a Chromium.
 *
 * @param problem what is missing and what to do; empty when both were found
 */
public record FindBrowser(Optional<Path> agentBrowser, Optional<Path> chromium, String problem) {

  private static final List<Path> CHROMIUMS =
      List.of(
          Path.of("/usr/lib/chromium/chromium"),
          Path.of("/usr/lib64/chromium-browser/chromium-browser"),
          Path.of("/opt/google/chrome/chrome"));

  /**
   * Looks on this machine.
   *
   * @param environment of Winnow: {@code PATH}, and {@code AGENT_BROWSER_PROGRAM} for a place of
   *     its own
   */
  public static FindBrowser in(Map<String, String> environment) {
    String named = environment.getOrDefault("AGENT_BROWSER_PROGRAM", "");
    Optional<Path> program =
        named.isBlank()
            ? onPath(environment, "agent-browser").flatMap(FindBrowser::binary)
            : Optional.of(Path.of(named)).flatMap(FindBrowser::binary);
    Optional<Path> chromium = CHROMIUMS.stream().filter(Files::isExecutable).findFirst();
    String problem = "";
    if (program.isEmpty()) {
      problem =
          "agent-browser is not installed or not executable: npm install -g agent-browser@0.41.2";
    } else if (chromium.isEmpty()) {
      problem = "Chromium is not installed: apt install chromium";
    }
    return new FindBrowser(program, chromium, problem);
  }

  private static Optional<Path> onPath(Map<String, String> environment, String name) {
    for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
      // an empty or relative entry is the current directory, where anybody may have put a program
      if (directory.startsWith("/") && Files.exists(Path.of(directory, name))) {
        return Optional.of(Path.of(directory, name));
      }
    }
    return Optional.empty();
  }

  /** npm links the launcher, or its install script the binary itself. */
  private static Optional<Path> binary(Path found) {
    try {
      Path real = found.toRealPath();
      Path beside = real.resolveSibling("agent-browser-linux-" + architecture());
      Path binary = real.toString().endsWith(".js") ? beside : real;
      return Files.isExecutable(binary) ? Optional.of(binary) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String architecture() {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    boolean musl =
        !Files.exists(Path.of("/lib64")) && Files.exists(Path.of("/lib/ld-musl-x86_64.so.1"));
    return (musl ? "musl-" : "") + (name.contains("aarch64") ? "arm64" : "x64");
  }
}
