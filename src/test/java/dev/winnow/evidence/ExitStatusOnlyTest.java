package dev.winnow.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestRunner;
import dev.winnow.evidence.runner.TestStatus;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A test command without reports: one result stands for old and new tests. */
class ExitStatusOnlyTest {

  private static final TestRun PASSED = run(TestStatus.PASSED, 0);
  private static final TestRun FAILED = run(TestStatus.FAILED, 1);

  private static TestRun run(TestStatus status, int exit) {
    TestResult all = new TestResult(TestRunner.WHOLE_RUN, status, "exit status " + exit);
    return new TestRun(TestRun.Verdict.RAN, List.of(all), exit, "ran", "", 1);
  }

  @Test
  void aCommandThatFailsWithTheNewTestsIsRed() {
    TestSet set = new TestSet("c1", "tree", List.of("tests/new.sh"), Set.of(), false);
    Inventory inventory = Inventory.of(PASSED, PASSED);
    RedResult red = RedGate.judge(FAILED, set, inventory, "command");
    assertThat(red.red()).as(red.reason()).isTrue();
    assertThat(RedGate.judge(PASSED, set, inventory, "command").red()).isFalse();
  }

  @Test
  void aCommandThatFailsOnTheBaseTellsNothing() {
    Inventory inventory = Inventory.of(FAILED, FAILED);
    assertThat(inventory.state()).isEqualTo(Inventory.State.BROKEN);
    assertThat(inventory.notice()).contains("--junit");
  }
}
