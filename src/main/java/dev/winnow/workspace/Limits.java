package dev.winnow.workspace;

import java.time.Duration;

/**
 * What a command may use before it is killed.
 *
 * @param wall from start to end
 * @param silence without a byte of output
 * @param outputKeptBytes kept of the output, head and tail; the rest is counted and dropped
 * @param outputKillBytes more output than this kills the command
 * @param memoryBytes of all its processes together, where the machine lets Winnow enforce it
 * @param processes at the same time
 * @param fileBytes largest single file
 * @param workspaceBytes of the workspace when the command ends or while it runs
 * @param workspaceFiles number of files in the workspace
 */
public record Limits(
    Duration wall,
    Duration silence,
    int outputKeptBytes,
    long outputKillBytes,
    long memoryBytes,
    int processes,
    long fileBytes,
    long workspaceBytes,
    int workspaceFiles) {

  private static final long MIB = 1L << 20;

  /** The shipped policy: ten minutes, 1 MiB of output kept, 64 MiB kill, 4 GiB, 512 processes. */
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofMinutes(10),
          Duration.ofMinutes(5),
          (int) MIB,
          64 * MIB,
          4096 * MIB,
          512,
          1024 * MIB,
          2048 * MIB,
          200_000);

  public Limits withWall(Duration limit) {
    return new Limits(
        limit,
        silence,
        outputKeptBytes,
        outputKillBytes,
        memoryBytes,
        processes,
        fileBytes,
        workspaceBytes,
        workspaceFiles);
  }

  public Limits withSilence(Duration limit) {
    return new Limits(
        wall,
        limit,
        outputKeptBytes,
        outputKillBytes,
        memoryBytes,
        processes,
        fileBytes,
        workspaceBytes,
        workspaceFiles);
  }
}
