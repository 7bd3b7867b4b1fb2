package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Cancellation;
import org.junit.jupiter.api.Test;

class ChooseSandboxTest {

  @Test
  void strongestSandboxIsProvenByAttackingIt() {
    assertThat(TestSandboxes.report().probes()).allMatch(SandboxReport.Probe::held).hasSize(8);
  }

  @Test
  void landlock() {
    var c = ChooseSandbox.examine(ChooseSandbox.Preference.LANDLOCK, TestSandboxes.data());
    System.err.println(c.report());
    var ws = TestSandboxes.newWorkspace(c.sandbox());
    var r =
        c.sandbox()
            .run(
                SandboxCommand.of(
                    ws,
                    Limits.DEFAULT,
                    "sh",
                    "-c",
                    "id; env; ls -la / /etc /dev /tmp; cat /proc/self/status | grep -i -E 'seccomp|cap|nonew'; cat /proc/1/environ;  cat /proc/self/limits; ls -la /proc/self/fd; pwd; touch x; ls -la"),
                Cancellation.never());
    System.err.println(r);
  }
}
