package dev.winnow.workspace;

import dev.winnow.Cancellation;
import java.util.Arrays;

/** Start cost of /bin/true in each tier; run by hand. */
final class MeasureStart {

  private MeasureStart() {}

  public static void main(String[] args) throws Exception {
    System.out.println("bare " + median(() -> new ProcessBuilder("/bin/true").start().waitFor()));
    for (var preference : ChooseSandbox.Preference.values()) {
      if (preference != ChooseSandbox.Preference.AUTO) {
        long start = System.nanoTime();
        Sandbox sandbox = ChooseSandbox.choose(preference, TestSandboxes.data());
        System.out.println(preference + " proof ms " + (System.nanoTime() - start) / 1e6);
        var workspace = TestSandboxes.newWorkspace(sandbox);
        var command = SandboxCommand.of(workspace, Limits.DEFAULT, "/bin/true");
        System.out.println(
            preference + " " + median(() -> sandbox.run(command, Cancellation.never())));
      }
    }
  }

  private interface Work {
    Object run() throws Exception;
  }

  private static String median(Work work) throws Exception {
    double[] times = new double[30];
    for (int i = -10; i < times.length; i++) {
      long start = System.nanoTime();
      var _ = work.run();
      if (i >= 0) {
        times[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(times);
    return "median %.1f ms, p90 %.1f ms".formatted(times[15], times[27]);
  }
}
