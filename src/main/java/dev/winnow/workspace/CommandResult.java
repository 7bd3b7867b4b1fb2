package dev.winnow.workspace;

import java.time.Duration;

/**
 * How a sandboxed command ended.
 *
 * @param exitStatus of the program; 128 + signal when a signal ended it; -1 when Winnow killed it
 * @param output stdout and stderr as they came, UTF-8 with replacement, head and tail around a line
 *     that says how much was left out
 * @param outputBytes all that was written, also what was dropped
 */
public record CommandResult(
    Ending ending, int exitStatus, String output, long outputBytes, Duration wall) {

  /** Why there is no more to come. */
  public enum Ending {
    EXITED,
    TIMEOUT,
    SILENT,
    TOO_MUCH_OUTPUT,
    TOO_MUCH_DISK,
    OUT_OF_MEMORY,
    CANCELLED
  }

  public boolean exited() {
    return ending == Ending.EXITED;
  }
}
