package dev.winnow.spec;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What speaks against working on a spec.
 *
 * @param valid whether there is no error
 */
public record Validation(boolean valid, List<Finding> findings, Instant at) {

  /** How bad it is. */
  public enum Severity {
    ERROR,
    WARNING;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One thing that was found.
   *
   * @param id names the rule, such as {@code criterion-no-outcome}
   * @param message one line: what is wrong and what to do
   */
  public record Finding(String id, Severity severity, String message) {

    public static Finding error(String id, String message) {
      return new Finding(id, Severity.ERROR, message);
    }

    public static Finding warning(String id, String message) {
      return new Finding(id, Severity.WARNING, message);
    }
  }

  public Validation {
    findings = List.copyOf(findings);
  }
}
