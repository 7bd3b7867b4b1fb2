package dev.winnow.evidence;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A command of a runner, before it is put into the sandbox.
 *
 * @param directory where it starts, relative to the workspace
 * @param environment beside what the sandbox sets itself
 * @param readOnly host paths it reads beside the system's programs
 * @param writable host directories it writes beside the workspace and its report directory
 */
public record Invocation(
    List<String> argv,
    String directory,
    Map<String, String> environment,
    List<Path> readOnly,
    List<Path> writable) {

  public Invocation {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    readOnly = List.copyOf(readOnly);
    writable = List.copyOf(writable);
  }

  static Invocation of(List<String> argv, Map<String, String> environment) {
    return new Invocation(argv, "", environment, List.of(), List.of());
  }
}
