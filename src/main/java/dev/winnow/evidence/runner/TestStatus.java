package dev.winnow.evidence.runner;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How one test ended, by a report that is believed. */
public enum TestStatus {
  PASSED,
  /** An assertion did not hold. */
  FAILED,
  /** Something else went wrong in the test: an exception, a missing symbol. */
  ERROR,
  /** Did not run; never counts as passed. */
  SKIPPED;

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
