package dev.winnow.workspace;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts a program from a thread that has restricted itself for good.
 *
 * <p>Why not ProcessBuilder: every thread that a restricted thread creates is restricted as well,
 * and ProcessBuilder may create its reaper thread, and waking a virtual thread may create a carrier
 * thread: those would fail later, in other parts of Winnow. So between restriction and its end the
 * thread runs nothing but {@code posix_spawn} and waking one platform thread. It lives as long as
 * the process, because "die with the parent" means that thread.
 */
final class SpawnRestricted {

  private static final int O_CLOEXEC = 0x80000;
  private static final short SETSID = 0x80;
  private static final int PR_SET_SECCOMP = 22;
  private static final int MODE_FILTER = 2;
  private static final int RLIMIT_RTTIME = 15;

  private static final int RUNNING = -1;
  private static final int NOT_RESTRICTED = -2;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment pid = arena.allocate(JAVA_INT);
  private final MemorySegment actions = arena.allocate(256, 16);
  private final MemorySegment attributes = arena.allocate(512, 16);
  private final MemorySegment path;
  private final MemorySegment argv;
  private final MemorySegment envp = arena.allocate(ValueLayout.ADDRESS);
  private final MemorySegment filter;
  private volatile int outcome = RUNNING;
  private volatile boolean ended;

  private SpawnRestricted(List<String> arguments, byte[] seccomp) {
    path = arena.allocateFrom(arguments.getFirst());
    argv = arena.allocate(ValueLayout.ADDRESS, arguments.size() + 1L);
    for (int i = 0; i < arguments.size(); i++) {
      argv.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(arguments.get(i)));
    }
    MemorySegment program = arena.allocate(seccomp.length, 8);
    MemorySegment.copy(seccomp, 0, program, ValueLayout.JAVA_BYTE, 0, seccomp.length);
    filter = arena.allocate(16, 8); // struct sock_fprog
    filter.set(JAVA_SHORT, 0, (short) (seccomp.length / 8));
    filter.set(ValueLayout.ADDRESS, 8, program);
  }

  /**
   * Starts the program with an empty environment in a session of its own, marked. To be called on
   * the platform thread that waits for it.
   */
  static NativeProcess start(List<String> argv, LandlockRules rules, byte[] seccomp, Marker marker)
      throws IOException {
    return new SpawnRestricted(argv, seccomp).start(rules, marker);
  }

  private NativeProcess start(LandlockRules rules, Marker marker) throws IOException {
    int[] in = pipe();
    int[] out = pipe();
    Libc.initActions(actions, in[0], out[1]);
    Libc.initAttributes(attributes, SETSID);
    // loads and links everything that the restricted thread will use
    int _ = Libc.spawn(pid, arena.allocateFrom("/nonexistent"), actions, attributes, argv, envp);
    Thread waiting = Thread.currentThread();
    Thread restricted =
        Thread.ofPlatform().daemon().name("restricted").unstarted(() -> spawn(rules, waiting));
    restricted.start();
    while (outcome == RUNNING) {
      LockSupport.park(this);
    }
    Libc.destroyActions(actions);
    Libc.close(in[0]);
    Libc.close(out[1]);
    if (outcome != 0) {
      end(restricted);
      Libc.close(in[1]);
      Libc.close(out[0]);
      throw new IOException(
          outcome == NOT_RESTRICTED
              ? "the kernel refuses Landlock or seccomp"
              : "posix_spawn failed with error " + outcome);
    }
    NativeProcess process =
        new NativeProcess(pid.get(JAVA_INT, 0), in[1], out[0], () -> end(restricted));
    mark(process, marker);
    return process;
  }

  private void spawn(LandlockRules rules, Thread waiting) {
    boolean confined =
        rules.restrictThread() && Libc.prctl(PR_SET_SECCOMP, MODE_FILTER, filter) == 0;
    outcome = confined ? Libc.spawn(pid, path, actions, attributes, argv, envp) : NOT_RESTRICTED;
    LockSupport.unpark(waiting);
    while (!ended) {
      LockSupport.park();
    }
  }

  private void end(Thread restricted) {
    ended = true;
    LockSupport.unpark(restricted);
  }

  // from outside: the filter forbids it inside
  private void mark(NativeProcess process, Marker marker) throws IOException {
    MemorySegment limit = arena.allocate(JAVA_LONG, 2);
    limit.setAtIndex(JAVA_LONG, 0, marker.soft());
    limit.setAtIndex(JAVA_LONG, 1, marker.hard());
    if (Libc.setLimit((int) process.pid(), RLIMIT_RTTIME, limit) != 0) {
      process.destroyForcibly();
      throw new IOException("the command's processes cannot be marked");
    }
  }

  private int[] pipe() throws IOException {
    MemorySegment two = arena.allocate(JAVA_INT, 2);
    if (Libc.pipe(two, O_CLOEXEC) != 0) {
      throw new IOException("no pipe: too many open files");
    }
    return new int[] {two.getAtIndex(JAVA_INT, 0), two.getAtIndex(JAVA_INT, 1)};
  }
}
