package dev.winnow.evidence;

import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestStatus;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One cell's run after its repetitions.
 *
 * @param run the first run
 * @param flaky ids that passed in one repetition and failed in another
 * @param unstable the run ended early once and normally another time
 */
record SettledRun(TestRun run, Set<String> flaky, boolean unstable) {

  static SettledRun of(TestRun first, List<TestRun> again) {
    Set<String> passed = first.ids(TestStatus.PASSED);
    Set<String> failed = first.failing();
    boolean unstable = false;
    for (TestRun run : again) {
      passed.addAll(run.ids(TestStatus.PASSED));
      failed.addAll(run.failing());
      unstable |= run.ran() != first.ran() && run.verdict() != TestRun.Verdict.COULD_NOT_RUN;
    }
    Set<String> flaky = new TreeSet<>(passed);
    flaky.retainAll(failed);
    return new SettledRun(first, flaky, unstable);
  }

  /** How often a run is worth repeating. What does not compile or end will not do so next time. */
  static int repetitions(TestRun run, Set<String> ignored) {
    return switch (run.verdict()) {
      case RAN -> ignored.containsAll(run.failing()) ? 0 : 2;
      case CRASHED -> 1;
      case COMPILE_FAILED, NO_TESTS, TIMEOUT, NOT_BELIEVED, COULD_NOT_RUN -> 0;
    };
  }
}
