package dev.winnow.workspace;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * The first tier: bubblewrap with namespaces of its own, an allow-listed file system, no
 * capabilities, a seccomp filter, and another user id when Winnow is root.
 *
 * <p>The chain of programs is: a shell that waits at the gate and opens the files that bubblewrap
 * wants as descriptors, prlimit, setpriv (root only), bubblewrap, the command.
 */
final class BubblewrapSandbox implements Sandbox {

  /**
   * Arguments: filter, status file, directory and number of mounts, their sources, the command. The
   * mounts bring paths into reach that only root can pass, such as a cache below /root.
   */
  private static final String GATE =
      """
      read -r _ || exit 125
      filter=$1 status=$2 base=$3 count=$4
      shift 4
      if [ "$count" -gt 0 ]; then
        mount -t tmpfs -o size=1m,mode=711 tmpfs "$base" || exit 125
        while [ "$count" -gt 0 ]; do
          if [ -d "$1" ]; then mkdir "$base/$count"; else : > "$base/$count"; fi
          mount --bind "$1" "$base/$count" || exit 125
          shift
          count=$((count - 1))
        done
      fi
      exec "$@" 3<"$filter" 4>"$status" </dev/null
      """;

  private final Path bubblewrap;
  private final SandboxFiles files;

  BubblewrapSandbox(Path bubblewrap, SandboxFiles files) {
    this.bubblewrap = bubblewrap;
    this.files = files;
  }

  @Override
  public Tier tier() {
    return Tier.BUBBLEWRAP;
  }

  @Override
  public OptionalInt owner(Path workspace) {
    return Slot.of(workspace);
  }

  @Override
  public CommandResult run(
      SandboxCommand command, OutputListener listener, Cancellation cancellation) {
    Marker marker = Marker.next();
    Path status = files.newStatus();
    List<String> argv = launcher(ThroughBridge.of(command, files), marker, status);
    try {
      CommandResult result =
          new RunWatched(command, marker, true, listener)
              .run(() -> StartProcess.withEmptyEnvironment(argv, Path.of("/")), cancellation);
      refuseFailedSetUp(command, result, status);
      return result;
    } finally {
      try {
        Files.deleteIfExists(status);
      } catch (IOException e) {
        // a few bytes stay behind
      }
    }
  }

  private List<String> launcher(SandboxCommand command, Marker marker, Path status) {
    OptionalInt uid = owner(command.workspace());
    List<Path> sources =
        uid.isEmpty()
            ? List.of()
            : command.readOnly().stream()
                .filter(path -> Slot.obstacle(uid.getAsInt(), path).isPresent())
                .toList();
    Path base = files.get("reach");
    // the shell counts down
    UnaryOperator<Path> source =
        path ->
            sources.contains(path)
                ? base.resolve(Integer.toString(sources.size() - sources.indexOf(path)))
                : path;
    List<String> argv = new ArrayList<>();
    if (!sources.isEmpty()) {
      argv.addAll(
          List.of(StartProcess.tool("unshare"), "--mount", "--propagation", "private", "--"));
    }
    argv.addAll(List.of("/bin/sh", "-c", GATE, "gate", files.get("filter.bpf").toString()));
    argv.addAll(List.of(status.toString(), base.toString()));
    argv.add(Integer.toString(sources.size()));
    sources.forEach(path -> argv.add(path.toString()));
    argv.addAll(StartProcess.limited(command.limits(), uid, marker.option()));
    argv.add(bubblewrap.toString());
    argv.addAll(BubblewrapArguments.of(command, files, source));
    return argv;
  }

  // bubblewrap reports an exit code only for a command that it could start
  private static void refuseFailedSetUp(SandboxCommand command, CommandResult result, Path status) {
    try {
      if (result.exited()
          && result.exitStatus() < 128
          && !(Files.exists(status) && Files.readString(status).contains("exit-code"))
          // closed by another command of the candidate at this moment: its own failure
          && !result.output().contains("Can't chdir to " + command.workspace())) {
        throw new WinnowException(Category.SANDBOX, "bubblewrap failed: " + firstLine(result));
      }
    } catch (IOException e) {
      throw new WinnowException(Category.SANDBOX, "cannot read " + status, e);
    }
  }

  private static String firstLine(CommandResult result) {
    Optional<String> line = result.output().lines().filter(l -> !l.isBlank()).findFirst();
    return line.map(PlainText::of).orElse("exit status " + result.exitStatus());
  }
}
