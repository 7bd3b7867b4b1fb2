package dev.winnow.evidence.tamper;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Something that a candidate did to the tests or the build instead of solving the task.
 *
 * @param veto false for a hint that a person should look at
 * @param file path, or empty
 * @param detail one line for people
 */
public record TamperFinding(Kind kind, boolean veto, String file, String detail) {

  private static final Pattern LINE_BREAKING = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  /**
   * The file and what was done there. One line, whatever the candidate called the file: a line of
   * its own could pass for something that Winnow established.
   */
  public String text() {
    return LINE_BREAKING.matcher(file.isEmpty() ? detail : file + ": " + detail).replaceAll("?");
  }

  /** What was done. */
  public enum Kind {
    TEST_DELETED,
    TEST_DISABLED,
    TEST_WEAKENED,
    OWN_TEST_CHANGED,
    BUILD_DROPS_TESTS,
    EARLY_EXIT,
    FORGED_REPORT,
    SPECIAL_CASED,
    FORBIDDEN_ENTRY;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
