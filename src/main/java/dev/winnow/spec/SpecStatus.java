package dev.winnow.spec;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a spec has come. What changes its content makes it a draft again. */
public enum SpecStatus {
  DRAFT,
  /** Its validation found no error. */
  VALIDATED,
  /** A person said yes. */
  APPROVED,
  /** A person said no: nothing runs from it. */
  REJECTED;

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
