package dev.winnow.workspace;

import dev.winnow.Cancellation;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Runs commands that nobody trusts. When {@link #run} returns, no process of the command is left,
 * however it ended.
 */
public interface Sandbox {

  /** How strong the walls are; shown in every report. */
  enum Tier {
    BUBBLEWRAP("bubblewrap"),
    REDUCED("reduced (Landlock + seccomp)"),
    NONE("none");

    private final String label;

    Tier(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  Tier tier();

  /**
   * @throws dev.winnow.WinnowException of category SANDBOX when the command could not be started;
   *     never because of what the command did
   */
  default CommandResult run(SandboxCommand command, Cancellation cancellation) {
    return run(command, OutputListener.NONE, cancellation);
  }

  /** The same for whoever wants to read the output while the command runs. */
  CommandResult run(SandboxCommand command, OutputListener listener, Cancellation cancellation);

  /**
   * The user id that commands have in this workspace, when it is another one than Winnow's; files
   * that Winnow writes there must be given to it.
   */
  OptionalInt owner(Path workspace);
}
