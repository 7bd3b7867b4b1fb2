package dev.winnow.evidence;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestStatus;
import java.util.List;
import java.util.Locale;

/**
 * One test set against one candidate's code.
 *
 * @param testSet the set's id; {@link TestSet#BASE} for the regression column
 * @param candidate whose code was tested
 * @param reason one line for people, never empty
 * @param results per test, without the flaky ones
 * @param flaky ids of tests that gave different results on the same code; they count for nobody
 * @param notApplicable ids among the results, of tests that failed only because they need an API
 *     that their author's code alone has
 */
public record MatrixCell(
    String testSet,
    String candidate,
    Outcome outcome,
    String reason,
    List<TestResult> results,
    List<String> flaky,
    List<String> notApplicable) {

  /** What the cell says. Only PASS is good, and only the first three are about the code. */
  public enum Outcome {
    PASS,
    ASSERTION,
    COMPILE,
    TIMEOUT,
    CRASH,
    FLAKY,
    /** The tests need an API that only their author's code has. */
    NOT_APPLICABLE,
    /** Infrastructure; never evidence for or against anybody. */
    COULD_NOT_RUN;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public MatrixCell {
    results = List.copyOf(results);
    flaky = List.copyOf(flaky);
    // evidence of earlier versions lacks them
    notApplicable = notApplicable == null ? List.of() : List.copyOf(notApplicable);
  }

  public long passed() {
    return results.stream().filter(r -> r.status() == TestStatus.PASSED).count();
  }

  public long failed() {
    return results.stream()
        .filter(r -> r.status() == TestStatus.FAILED || r.status() == TestStatus.ERROR)
        .count();
  }
}
