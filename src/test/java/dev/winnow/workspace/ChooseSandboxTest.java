package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import org.junit.jupiter.api.Test;

class ChooseSandboxTest {

  @Test
  void strongestSandboxIsProvenByAttackingIt() {
    assertThat(TestSandboxes.report().probes()).allMatch(SandboxReport.Probe::held).hasSize(8);
    var ws = TestSandboxes.newWorkspace();
    var r =
        TestSandboxes.chosen()
            .run(
                SandboxCommand.of(
                    ws,
                    Limits.DEFAULT,
                    "sh",
                    "-c",
                    "id; env; ls -la / /etc /dev; cat /proc/self/status | grep -i -E 'seccomp|cap|nonew'; cat /proc/1/environ; ps aux; mount; cat /proc/self/limits; pwd; touch x; ls -la"),
                Cancellation.never());
    System.err.println(r);
  }
}
