package dev.winnow.evidence;

import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestRun;
import java.util.ArrayList;
import java.util.List;

/** Keeps a test run small enough for the journal, however much a test process reported. */
final class BoundRun {

  private static final int MESSAGES = 1_000_000;
  private static final int IDS = 4_000_000;

  private BoundRun() {}

  static TestRun of(TestRun run) {
    long ids = 0;
    int messages = 0;
    List<TestResult> results = new ArrayList<>(run.results().size());
    for (TestResult result : run.results()) {
      ids += result.id().length();
      String message = messages > MESSAGES ? "" : result.message();
      messages += message.length();
      results.add(new TestResult(result.id(), result.status(), message));
    }
    if (ids > IDS) {
      return new TestRun(
          TestRun.Verdict.NOT_BELIEVED,
          List.of(),
          run.exitStatus(),
          "the report names %,d tests with %,d characters, more than is read"
              .formatted(results.size(), ids),
          run.output(),
          run.millis());
    }
    return new TestRun(
        run.verdict(), results, run.exitStatus(), run.reason(), run.output(), run.millis());
  }
}
