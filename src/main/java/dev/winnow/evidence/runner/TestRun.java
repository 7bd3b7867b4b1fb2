package dev.winnow.evidence.runner;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What running tests once gave. The verdict is RAN only if the exit status, a fresh report and each
 * other agree.
 *
 * @param reason one line for people: why this verdict
 * @param output excerpt of the command's output, capped, untrusted text
 */
public record TestRun(
    Verdict verdict,
    List<TestResult> results,
    int exitStatus,
    String reason,
    String output,
    long millis) {

  /** What kind of answer this is. */
  public enum Verdict {
    /** Tests ran; {@link #results} says how each ended. */
    RAN,
    /** The code or the tests did not compile (or, without a compiler, did not load). */
    COMPILE_FAILED,
    /** The command worked and no test was executed. */
    NO_TESTS,
    /** Killed for time or silence. */
    TIMEOUT,
    /** The test process ended before its report was complete, or was killed for a resource. */
    CRASHED,
    /** Report, exit status and each other contradict; nothing in the report is believed. */
    NOT_BELIEVED,
    /** Infrastructure: a missing program, an unresolved dependency. Says nothing about the code. */
    COULD_NOT_RUN;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public TestRun {
    results = List.copyOf(results);
  }

  public boolean ran() {
    return verdict == Verdict.RAN;
  }

  /** Ids with this status, sorted. */
  public Set<String> ids(TestStatus status) {
    Set<String> ids = new TreeSet<>();
    for (TestResult result : results) {
      if (result.status() == status) {
        ids.add(result.id());
      }
    }
    return ids;
  }

  /** Ids that failed or ended in an error, sorted. */
  public Set<String> failing() {
    Set<String> ids = ids(TestStatus.FAILED);
    ids.addAll(ids(TestStatus.ERROR));
    return ids;
  }
}
