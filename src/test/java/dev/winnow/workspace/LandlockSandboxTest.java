package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.workspace.ChooseSandbox.Preference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Order(2) // not among the last, where it would be alone
class LandlockSandboxTest extends SandboxContract {

  private static final class Chosen {
    static final Sandbox SANDBOX = ChooseSandbox.choose(Preference.LANDLOCK, TestSandboxes.data());
  }

  @Override
  Preference preference() {
    return Preference.LANDLOCK;
  }

  @Override
  Sandbox sandbox() {
    assumeTrue(LandlockRules.version() > 0, "this kernel has no Landlock");
    return Chosen.SANDBOX;
  }

  @Test
  void noThreadOfWinnowStaysRestricted() throws IOException {
    List<Integer> many = IntStream.range(0, 20).boxed().toList();
    Fork.each(
        many,
        Cancellation.never(),
        i ->
            cancellation ->
                sandbox().run(SandboxCommand.of(workspace, LIMITS, "true"), cancellation));
    try (var threads = Files.list(Path.of("/proc/self/task"))) {
      for (Path thread : threads.toList()) {
        try {
          if (!Files.readString(thread.resolve("comm")).startsWith("restricted")) {
            assertThat(Files.readString(thread.resolve("status"))).contains("Seccomp:\t0");
          }
        } catch (NoSuchFileException e) {
          // a thread of another test ended
        }
      }
    }
  }

  @Test
  void descriptorsOfWinnowAreNotInherited() throws IOException {
    try (var _ = Files.newInputStream(Path.of("/etc/passwd"))) {
      // of ls itself: a shell may hold ends of pipes and copies; 3 is the directory that ls reads
      assertThat(sh("exec ls /proc/self/fd").output().lines()).containsExactly("0", "1", "2", "3");
    }
  }
}
