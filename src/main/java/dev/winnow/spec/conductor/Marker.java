package dev.winnow.spec.conductor;

/** How far something is. */
public enum Marker {
  OPEN(' ', "new"),
  IN_PROGRESS('~', "in_progress"),
  DONE('x', "completed");

  private final char sign;
  private final String status;

  Marker(char sign, String status) {
    this.sign = sign;
    this.status = status;
  }

  /** Between brackets in Markdown. */
  String text() {
    return String.valueOf(sign);
  }

  /** In {@code metadata.json}. */
  public String status() {
    return status;
  }

  static Marker of(String text) {
    return switch (text) {
      case "x", "X" -> DONE;
      case "~" -> IN_PROGRESS;
      default -> OPEN;
    };
  }
}
