package dev.winnow.workspace;

import dev.winnow.Cancellation;
import java.nio.file.Path;

/** A Winnow of its own that runs one shell command, so that a test can kill it. */
final class RunOneCommand {

  private RunOneCommand() {}

  /** Arguments: preference, data directory, workspace, script, argument of the script. */
  public static void main(String[] args) {
    Sandbox sandbox =
        ChooseSandbox.choose(ChooseSandbox.Preference.valueOf(args[0]), Path.of(args[1]));
    var _ =
        sandbox.run(
            SandboxCommand.of(Path.of(args[2]), Limits.DEFAULT, "sh", "-c", args[3], args[4]),
            Cancellation.never());
  }
}
