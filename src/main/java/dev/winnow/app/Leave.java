package dev.winnow.app;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process when all is done and written. The JVM's own way waits a third of a second for
 * threads that are in the operating system, as those are that wait on behalf of virtual ones.
 */
final class Leave {

  private static volatile @Nullable MethodHandle exit;

  private Leave() {}

  /** For a command that works on a run: to look the function up takes a moment, which it has. */
  static void prepare() {
    Thread.ofVirtual()
        .name("leave")
        .start(() -> {
          Linker linker = Linker.nativeLinker();
          linker
              .defaultLookup()
              .find("_exit")
              .ifPresent(address ->
                  exit =
                      linker.downcallHandle(
                          address, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)));
        });
  }

  /** Does not return, and runs no hook. */
  static void with(int exitCode) {
    MethodHandle prepared = exit;
    if (prepared != null) {
      try {
        prepared.invokeExact(exitCode);
      } catch (Throwable e) {
        // then the usual way
      }
    }
    Runtime.getRuntime().halt(exitCode);
  }
}
