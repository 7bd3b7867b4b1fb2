package dev.winnow.workspace;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of the C library that the second tier calls. Linux with glibc 2.34 or later. */
final class Libc {

  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle SYSCALL =
      handle("syscall", JAVA_LONG, 1, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle PRCTL =
      handle("prctl", JAVA_INT, 1, JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle OPEN = handle("open", JAVA_INT, 2, ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = handle("close", JAVA_INT, -1, JAVA_INT);
  private static final MethodHandle PIPE2 = handle("pipe2", JAVA_INT, -1, ADDRESS, JAVA_INT);
  private static final MethodHandle WAITPID =
      handle("waitpid", JAVA_INT, -1, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle PRLIMIT =
      handle("prlimit", JAVA_INT, -1, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SPAWN =
      handle("posix_spawn", JAVA_INT, -1, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_INIT =
      handle("posix_spawn_file_actions_init", JAVA_INT, -1, ADDRESS);
  private static final MethodHandle ACTIONS_DUP2 =
      handle("posix_spawn_file_actions_adddup2", JAVA_INT, -1, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ACTIONS_CLOSE_FROM =
      handle("posix_spawn_file_actions_addclosefrom_np", JAVA_INT, -1, ADDRESS, JAVA_INT);
  private static final MethodHandle ACTIONS_DESTROY =
      handle("posix_spawn_file_actions_destroy", JAVA_INT, -1, ADDRESS);
  private static final MethodHandle ATTRIBUTES_INIT =
      handle("posix_spawnattr_init", JAVA_INT, -1, ADDRESS);
  private static final MethodHandle ATTRIBUTES_FLAGS =
      handle("posix_spawnattr_setflags", JAVA_INT, -1, ADDRESS, JAVA_SHORT);

  private Libc() {}

  private static MethodHandle handle(
      String name, MemoryLayout result, int firstVariadic, MemoryLayout... arguments) {
    MemorySegment symbol =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
    FunctionDescriptor type = FunctionDescriptor.of(result, arguments);
    return firstVariadic < 0
        ? LINKER.downcallHandle(symbol, type)
        : LINKER.downcallHandle(symbol, type, Linker.Option.firstVariadicArg(firstVariadic));
  }

  static long syscall(long number, long first, MemorySegment second, long third, long fourth) {
    try {
      return (long) SYSCALL.invokeExact(number, first, second, third, fourth);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static int prctl(int option, long first, MemorySegment second) {
    try {
      return (int) PRCTL.invokeExact(option, first, second, 0L, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static int open(MemorySegment path, int flags) {
    try {
      return (int) OPEN.invokeExact(path, flags);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static void close(int descriptor) {
    try {
      int _ = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static int pipe(MemorySegment two, int flags) {
    try {
      return (int) PIPE2.invokeExact(two, flags);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static int waitFor(int pid, MemorySegment status) {
    try {
      return (int) WAITPID.invokeExact(pid, status, 0);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static int setLimit(int pid, int resource, MemorySegment limit) {
    try {
      return (int) PRLIMIT.invokeExact(pid, resource, limit, MemorySegment.NULL);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns an errno, 0 for success. */
  static int spawn(
      MemorySegment pid,
      MemorySegment path,
      MemorySegment actions,
      MemorySegment attributes,
      MemorySegment argv,
      MemorySegment envp) {
    try {
      return (int) SPAWN.invokeExact(pid, path, actions, attributes, argv, envp);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Standard streams from these descriptors, everything else closed. */
  static void initActions(MemorySegment actions, int in, int out) {
    try {
      int _ = (int) ACTIONS_INIT.invokeExact(actions);
      int _ = (int) ACTIONS_DUP2.invokeExact(actions, in, 0);
      int _ = (int) ACTIONS_DUP2.invokeExact(actions, out, 1);
      int _ = (int) ACTIONS_DUP2.invokeExact(actions, out, 2);
      int _ = (int) ACTIONS_CLOSE_FROM.invokeExact(actions, 3);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static void destroyActions(MemorySegment actions) {
    try {
      int _ = (int) ACTIONS_DESTROY.invokeExact(actions);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static void initAttributes(MemorySegment attributes, short flags) {
    try {
      int _ = (int) ATTRIBUTES_INIT.invokeExact(attributes);
      int _ = (int) ATTRIBUTES_FLAGS.invokeExact(attributes, flags);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
