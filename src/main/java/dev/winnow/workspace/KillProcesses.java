package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Kills processes that may start new ones meanwhile. */
final class KillProcesses {

  private static final long LIMIT_NANOS = 10_000_000_000L;

  private KillProcesses() {}

  /**
   * Kills what the list names, again and again, until it is empty.
   *
   * @param list the process ids that are alive now
   * @throws WinnowException when processes survive ten seconds of it (stuck in the kernel)
   */
  static void untilNoneIsLeft(Supplier<List<Long>> list) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    List<Long> left = list.get();
    while (!left.isEmpty()) {
      left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
      LockSupport.parkNanos(1_000_000);
      left = list.get();
      if (!left.isEmpty() && System.nanoTime() > deadline) {
        throw new WinnowException(
            WinnowException.Category.SANDBOX, "processes of a command cannot be killed: " + left);
      }
    }
  }
}
