package dev.winnow.evidence.runner;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a run reported, before it is compared with the exit status.
 *
 * @param notLoaded ids of results that stand for a file or package that did not load or compile
 * @param detail one line that says what is wrong with the report, empty when it is complete
 */
public record Report(State state, List<TestResult> results, Set<String> notLoaded, String detail) {

  /** How far the report can be used. */
  enum State {
    COMPLETE,
    /** There is no report. */
    MISSING,
    /** It stops in the middle, or lacks its end record. */
    CUT_OFF,
    /** A link, a special file, an old file, or a text that no runner writes. */
    SUSPICIOUS
  }

  /** More tests than this in one run are not believed. */
  static final int MAX_TESTS = 200_000;

  public Report {
    results = List.copyOf(results);
    notLoaded = Set.copyOf(notLoaded);
  }

  static Report complete(List<TestResult> results, Set<String> notLoaded) {
    return new Report(State.COMPLETE, worstOfEach(results), notLoaded, "");
  }

  static Report missing(String detail) {
    return new Report(State.MISSING, List.of(), Set.of(), detail);
  }

  static Report cutOff(List<TestResult> results, String detail) {
    return new Report(State.CUT_OFF, worstOfEach(results), Set.of(), detail);
  }

  static Report suspicious(String detail) {
    return new Report(State.SUSPICIOUS, List.of(), Set.of(), detail);
  }

  boolean has(TestStatus status) {
    return results.stream().anyMatch(r -> r.status() == status);
  }

  /** Whether at least one test was executed. */
  boolean executed() {
    return results.stream()
        .anyMatch(r -> r.status() != TestStatus.SKIPPED && !notLoaded.contains(r.id()));
  }

  /** An id that is reported twice counts with its worst result: nobody hides a failure so. */
  private static List<TestResult> worstOfEach(List<TestResult> results) {
    Map<String, TestResult> worst = new LinkedHashMap<>();
    for (TestResult result : results) {
      worst.merge(result.id(), result, (a, b) -> badness(a) >= badness(b) ? a : b);
    }
    return List.copyOf(worst.values());
  }

  private static int badness(TestResult result) {
    return switch (result.status()) {
      case PASSED -> 0;
      case SKIPPED -> 1;
      case FAILED -> 2;
      case ERROR -> 3;
    };
  }
}
