package dev.winnow.workspace;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The environment of a command, made from nothing: no variable of Winnow's own gets in. */
final class SandboxEnvironment {

  private SandboxEnvironment() {}

  /** The sandbox's own variables, then the command's, which win. */
  static Map<String, String> of(SandboxCommand command, Path home, Path temporary) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PATH", FindTool.PATH);
    environment.put("HOME", home.toString());
    environment.put("TMPDIR", temporary.toString());
    environment.put("LANG", "C.UTF-8");
    environment.put("USER", "winnow");
    environment.put("CI", "true");
    // git stops when it may not read the machine's configuration, as in the second tier
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.putAll(command.environment());
    return environment;
  }
}
