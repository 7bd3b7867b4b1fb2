package dev.winnow.app;

import dev.winnow.evidence.MatrixCell;
import java.util.Locale;

/** How an outcome looks: always a symbol and a word, and a colour besides where there are any. */
enum Marks {
  PASS("✔", "passed"),
  ASSERTION("✘", "failed"),
  COMPILE("✘", "compile"),
  TIMEOUT("✘", "timeout"),
  CRASH("✘", "crash"),
  FLAKY("~", "flaky"),
  NOT_APPLICABLE("–", "not applicable"),
  COULD_NOT_RUN("?", "could not run");

  static final String GOOD = "✔";
  static final String BAD = "✘";

  private final String symbol;
  private final String label;

  Marks(String symbol, String label) {
    this.symbol = symbol;
    this.label = label;
  }

  static Marks of(MatrixCell.Outcome outcome) {
    return valueOf(outcome.name());
  }

  /** From an event; what a later version may write is shown as "could not run". */
  static Marks of(String outcome) {
    String name = outcome.toUpperCase(Locale.ROOT).replace('-', '_');
    for (Marks mark : values()) {
      if (mark.name().equals(name)) {
        return mark;
      }
    }
    return COULD_NOT_RUN;
  }

  /** With the reason, which says more than the label when tests ran or were to be compiled. */
  String told(String reason) {
    return switch (this) {
      case PASS, ASSERTION, COMPILE -> reason;
      case TIMEOUT, CRASH, FLAKY, NOT_APPLICABLE, COULD_NOT_RUN ->
          label + (reason.isBlank() ? "" : ": " + reason);
    };
  }

  String symbol() {
    return symbol;
  }

  String label() {
    return label;
  }

  String painted(Style style) {
    return paint(symbol, style);
  }

  String paint(String text, Style style) {
    return switch (this) {
      case PASS -> style.good(text);
      case ASSERTION, COMPILE, TIMEOUT, CRASH -> style.bad(text);
      case FLAKY, COULD_NOT_RUN -> style.warn(text);
      case NOT_APPLICABLE -> style.dim(text);
    };
  }
}
