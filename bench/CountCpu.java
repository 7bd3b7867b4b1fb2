import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Processor time of everything that a command starts, also of what it does not wait for: the first
 * process of a bubblewrap sandbox ends without having waited for those inside, and so all test runs
 * would be missing. This process becomes the one that such orphans fall to.
 */
final class CountCpu {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int WNOHANG = 1;
  private static final int RUSAGE_CHILDREN = -1;

  private final MethodHandle waitpid = find("waitpid", FunctionDescriptor.of(
      ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private final MethodHandle getrusage = find("getrusage", FunctionDescriptor.of(
      ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

  CountCpu() throws Exception {
    MethodHandle prctl = find("prctl", FunctionDescriptor.of(
        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG), Linker.Option.firstVariadicArg(1));
    if (call(prctl, PR_SET_CHILD_SUBREAPER, 1L) != 0) {
      throw new IllegalStateException("orphans cannot be waited for");
    }
  }

  /** Seconds that the command takes, which must end well. Nothing else may be started meanwhile. */
  double of(ProcessBuilder command) throws Exception {
    double before = children();
    if (command.start().waitFor() != 0) {
      throw new IllegalStateException("failed: " + String.join(" ", command.command()));
    }
    while (call(waitpid, -1, MemorySegment.NULL, WNOHANG) > 0) {
      // one orphan less, and its time is counted
    }
    return children() - before;
  }

  private double children() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment usage = arena.allocate(256, 8);
      int _ = call(getrusage, RUSAGE_CHILDREN, usage);
      double seconds = 0;
      for (int i = 0; i < 4; i += 2) { // two times, each as seconds and microseconds
        seconds += usage.getAtIndex(ValueLayout.JAVA_LONG, i) + usage.getAtIndex(ValueLayout.JAVA_LONG, i + 1) / 1e6;
      }
      return seconds;
    }
  }

  private static MethodHandle find(String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
  }

  private static int call(MethodHandle function, Object... arguments) throws Exception {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
