package dev.winnow.workspace;

import java.security.SecureRandom;
import java.util.List;

/**
 * Finds the processes of one command, wherever they went. Children inherit resource limits through
 * every fork, exec and setsid, and an environment can be emptied, so the mark is a limit that means
 * nothing to normal processes: the real-time CPU timeout. The sandbox's seccomp filter forbids to
 * change it. The soft limit is the same for all commands of this Winnow process.
 */
record Marker(long soft, long hard) {

  private static final SecureRandom RANDOM = new SecureRandom();
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
    ProcessTable table = new ProcessTable();
    return table.matching(process -> carries(table, process) && !isZombie(table, process));
  }

  private boolean carries(ProcessTable table, String process) {
    String limits = table.read(process, "limits");
    int at = limits.indexOf(LINE);
    return at >= 0 && limits.indexOf(" " + hard + " ", at) >= 0;
  }

  private static boolean isZombie(ProcessTable table, String process) {
    String stat = table.read(process, "stat");
    return stat.isEmpty() || stat.startsWith(") Z", stat.lastIndexOf(')'));
  }

  /**
   * Kills until nothing is left.
   *
   * @throws dev.winnow.WinnowException when processes survive ten seconds of it (stuck in the
   *     kernel)
   */
  void killAll() {
    KillProcesses.untilNoneIsLeft(this::processes);
  }

  /** Memory of all marked processes that is not shared with a file, in bytes. */
  long memoryBytes() {
    long pages = 0;
    ProcessTable table = new ProcessTable();
    for (long pid : processes()) {
      String[] fields = table.read(Long.toString(pid), "statm").split(" ", -1);
      if (fields.length > 2) {
        pages += Long.parseLong(fields[1]) - Long.parseLong(fields[2]);
      }
    }
    return pages * 4096;
  }
}
