package dev.winnow.app;

import dev.winnow.agent.Driver;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where agent programs and their log-ins are found.
 *
 * @param environment those of Winnow's own variables that tell it; may hold a log-in
 * @param paths that the operator gave; the others are looked for on the PATH
 * @param delegates which of them built-in agents may hand a task to
 */
record ProgramSettings(
    Map<String, String> environment, Map<Driver, Path> paths, Set<Driver> delegates) {

  private static final List<String> VARIABLES =
      List.of("PATH", "HOME", "CODEX_HOME", "CLAUDE_CONFIG_DIR", "CLAUDE_CODE_OAUTH_TOKEN");

  ProgramSettings {
    environment = Map.copyOf(environment);
    paths = Map.copyOf(paths);
    delegates = Set.copyOf(delegates);
  }

  /** The variable that switches the tool on which hands a task to this program. */
  static String delegateVariable(Driver driver) {
    return "DELEGATE_" + driver.name() + "_ENABLED";
  }

  static ProgramSettings of(
      Map<String, String> environment, Map<Driver, Path> paths, Set<Driver> delegates) {
    Map<String, String> chosen = new LinkedHashMap<>();
    for (String name : VARIABLES) {
      String value = environment.get(name);
      if (value != null) {
        chosen.put(name, value);
      }
    }
    return new ProgramSettings(chosen, paths, delegates);
  }

  @Override
  public String toString() {
    return "ProgramSettings" + paths;
  }
}
