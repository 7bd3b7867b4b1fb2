package dev.winnow.workspace;

import dev.winnow.Cancellation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * No walls at all: for {@code sandbox: none} and for the bundled demo. The command still gets an
 * environment without Winnow's variables, limits, and an end.
 */
final class NoSandbox implements Sandbox {

  @Override
  public Tier tier() {
    return Tier.NONE;
  }

  @Override
  public OptionalInt owner(Path workspace) {
    return OptionalInt.empty();
  }

  @Override
  public CommandResult run(
      SandboxCommand command, OutputListener listener, Cancellation cancellation) {
    Marker marker = Marker.next();
    try (PrivateDirectory own =
        PrivateDirectory.create(
            Path.of(System.getProperty("java.io.tmpdir")), OptionalInt.empty())) {
      List<String> argv = new ArrayList<>();
      argv.addAll(
          List.of("/bin/sh", "-c", "read -r _ || exit 125; exec \"$@\" </dev/null", "gate"));
      argv.addAll(StartProcess.limited(command.limits(), OptionalInt.empty(), marker.option()));
      argv.add(StartProcess.tool("env"));
      argv.add("-i");
      SandboxEnvironment.of(command, own.home(), own.temporary())
          .forEach((name, value) -> argv.add(name + "=" + value));
      argv.addAll(List.of("/bin/sh", "-c", "exec \"$@\"", "sh"));
      argv.addAll(command.argv());
      Path directory = command.workspace().resolve(command.directory());
      return new RunWatched(command, marker, false, listener)
          .run(() -> StartProcess.withEmptyEnvironment(argv, directory), cancellation);
    }
  }
}
