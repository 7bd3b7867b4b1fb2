package dev.winnow.evidence.runner;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A command of a runner, before it is put into the sandbox.
 *
 * @param directory where it starts, relative to the workspace
 * @param environment beside what the sandbox sets itself
 * @param readOnly host paths it reads beside the system's programs
 * @param writable host directories it writes beside the workspace and its report directory; caches
 * @param afterwards called once the command has ended, however it did
 */
public record Invocation(
    List<String> argv,
    String directory,
    Map<String, String> environment,
    List<Path> readOnly,
    List<Path> writable,
    Runnable afterwards) {

  public Invocation {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    readOnly = List.copyOf(readOnly);
    writable = List.copyOf(writable);
  }

  /** A command that reads these paths and writes nothing but the workspace and its report. */
  static Invocation of(List<String> argv, Map<String, String> environment, List<Path> readOnly) {
    return new Invocation(argv, "", environment, readOnly, List.of(), () -> {});
  }
}
