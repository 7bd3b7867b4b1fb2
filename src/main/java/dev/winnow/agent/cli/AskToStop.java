package dev.winnow.agent.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends SIGTERM to an agent program inside the sandbox, so that it can save its session and end
 * what it started, and waits for its end. A handle, not {@code Process.destroy}: that would close
 * the stream with the last lines in it. The launchers around the program must not get the signal,
 * because they end at once and everything with them.
 */
final class AskToStop {

  /** Marks the processes of one start. */
  static final String VARIABLE = "WINNOW_START";

  private AskToStop() {}

  static void politely(Path program, String mark, Duration patience) {
    Optional<ProcessHandle> found =
        ProcessHandle.current()
            .descendants()
            .filter(handle -> runs(handle.pid(), program) && isMarked(handle.pid(), mark))
            .findFirst();
    if (found.isEmpty() || !found.get().destroy()) {
      return;
    }
    try {
      found.get().onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // it had its chance
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As the program itself, or as the script that an interpreter runs. */
  private static boolean runs(long pid, Path program) {
    String[] arguments = read(pid, "cmdline").split("\0", 3);
    String name = program.toString();
    return arguments[0].equals(name) || (arguments.length > 1 && arguments[1].equals(name));
  }

  private static boolean isMarked(long pid, String mark) {
    return ("\0" + read(pid, "environ")).contains("\0" + VARIABLE + "=" + mark + "\0");
  }

  private static String read(long pid, String name) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(pid), name), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // gone, or not ours
    }
  }
}
