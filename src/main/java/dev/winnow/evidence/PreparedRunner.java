package dev.winnow.evidence;

import dev.winnow.Cancellation;
import java.nio.file.Path;
import java.time.Duration;

/** A detected runner bound to the tools, caches and sandbox of this machine. Thread-safe. */
public final class PreparedRunner {

  /** The runner, for questions about paths. */
  public TestRunner runner() {
    throw new UnsupportedOperationException();
  }

  /** One line: what was chosen and why. */
  public String why() {
    throw new UnsupportedOperationException();
  }

  /**
   * Runs tests once, in the sandbox, without network. Report locations are emptied before, and only
   * reports that this run wrote are believed.
   *
   * @throws Cancellation.Cancelled when the run was cancelled
   */
  public TestRun run(
      Path workspace, TestSelection selection, Duration wall, Cancellation cancellation) {
    throw new UnsupportedOperationException();
  }

  /**
   * Resolves the dependencies of the base into Winnow's caches, with network. RAN when that worked,
   * else COULD_NOT_RUN (or TIMEOUT) with a reason.
   */
  public TestRun prepare(Path workspace, Duration wall, Cancellation cancellation) {
    throw new UnsupportedOperationException();
  }
}
