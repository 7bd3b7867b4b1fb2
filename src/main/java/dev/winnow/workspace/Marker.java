package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds the processes of one command, wherever they went. Children inherit resource limits through
 * every fork, exec and setsid, and an environment can be emptied, so the mark is a limit that means
 * nothing to normal processes: the real-time CPU timeout. The sandbox's seccomp filter forbids to
 * change it. The soft limit is the same for all commands of this Winnow process.
 */
record Marker(long soft, long hard) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Path PROC = Path.of("/proc");
  private static final String LINE = "Max realtime timeout";
  // microseconds: far above anything real, far below the largest value
  private static final long BASE = 1L << 52;

  /** The soft limit of every command of this process. */
  static final long OWN = BASE + RANDOM.nextLong(BASE);

  static Marker next() {
    return new Marker(OWN, 2 * BASE + RANDOM.nextLong(BASE));
  }

  /** The option of {@code prlimit} that sets the mark. */
  String option() {
    return "--rttime=" + soft + ":" + hard;
  }

  /** Process ids that carry the mark, zombies left out. */
  List<Long> processes() {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        if (carries(entry) && !isZombie(entry)) {
          found.add(Long.parseLong(entry.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "/proc cannot be read: " + e.getMessage(), e);
    }
    return found;
  }

  private boolean carries(Path entry) {
    String limits = readOrEmpty(entry.resolve("limits"));
    int at = limits.indexOf(LINE);
    return at >= 0 && limits.indexOf(" " + hard + " ", at) >= 0;
  }

  private static boolean isZombie(Path entry) {
    String stat = readOrEmpty(entry.resolve("stat"));
    return stat.isEmpty() || stat.startsWith(") Z", stat.lastIndexOf(')'));
  }

  private static String readOrEmpty(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it ended meanwhile
    }
  }

  /**
   * Kills until nothing is left.
   *
   * @throws WinnowException when processes survive ten seconds of it (stuck in the kernel)
   */
  void killAll() {
    long deadline = System.nanoTime() + 10_000_000_000L;
    List<Long> left = processes();
    while (!left.isEmpty()) {
      left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
      LockSupport.parkNanos(1_000_000);
      left = processes();
      if (!left.isEmpty() && System.nanoTime() > deadline) {
        throw new WinnowException(
            WinnowException.Category.SANDBOX, "processes of a command cannot be killed: " + left);
      }
    }
  }

  /** Memory of all marked processes that is not shared with a file, in bytes. */
  long memoryBytes() {
    long pages = 0;
    for (long pid : processes()) {
      String[] fields = readOrEmpty(PROC.resolve(pid + "/statm")).split(" ", -1);
      if (fields.length > 2) {
        pages += Long.parseLong(fields[1]) - Long.parseLong(fields[2]);
      }
    }
    return pages * 4096;
  }
}
