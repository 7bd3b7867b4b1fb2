package dev.winnow.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a run ended, with the exit code that the command line's contract gives it. */
public enum RunOutcome {
  ACCEPTED(0),
  /** No candidate passed. */
  NONE(1),
  /** A person must decide. */
  ABSTAINED(4),
  /** A limit of money or time was reached. */
  BUDGET(3),
  /** Somebody stopped it; 130 is what shells expect after Ctrl-C. */
  CANCELLED(130),
  /** Infrastructure: nothing is said about any candidate. */
  FAILED(5);

  private final int exitCode;

  RunOutcome(int exitCode) {
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static RunOutcome of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
