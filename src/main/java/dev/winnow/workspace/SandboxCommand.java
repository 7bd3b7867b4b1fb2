package dev.winnow.workspace;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command to run in the sandbox.
 *
 * @param argv program and arguments; a program without a slash is looked up on the sandbox's PATH
 * @param workspace host directory that is writable and the only part of the candidate world that
 *     exists; it has the same path inside
 * @param directory where the command starts, relative to the workspace, "" for its root
 * @param environment variables beside those the sandbox sets itself (PATH, HOME, LANG, TMPDIR, CI);
 *     nothing is inherited from Winnow
 * @param readOnly further host files or directories, visible read-only at the same path
 * @param writable further host directories, writable at the same path
 * @param network whether the outside network is reachable; loopback always is (own namespace)
 * @param door the only way out when there is no network
 */
public record SandboxCommand(
    List<String> argv,
    Path workspace,
    String directory,
    Map<String, String> environment,
    List<Path> readOnly,
    List<Path> writable,
    boolean network,
    Optional<Door> door,
    Limits limits) {

  public SandboxCommand {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    readOnly = List.copyOf(readOnly);
    writable = List.copyOf(writable);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a command needs a program");
    }
    if (network && door.isPresent()) {
      throw new IllegalArgumentException("with the whole network a door guards nothing");
    }
  }

  /** A command without a door. */
  public SandboxCommand(
      List<String> argv,
      Path workspace,
      String directory,
      Map<String, String> environment,
      List<Path> readOnly,
      List<Path> writable,
      boolean network,
      Limits limits) {
    this(
        argv,
        workspace,
        directory,
        environment,
        readOnly,
        writable,
        network,
        Optional.empty(),
        limits);
  }

  /** A command in the root of the workspace, without network and further mounts. */
  public static SandboxCommand of(Path workspace, Limits limits, String... argv) {
    return new SandboxCommand(
        List.of(argv), workspace, "", Map.of(), List.of(), List.of(), false, limits);
  }
}
