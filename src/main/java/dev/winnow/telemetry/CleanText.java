package dev.winnow.telemetry;

/**
 * Text without secrets, so that whoever gets it need not look for them again: what a run records
 * passes through several hands, and each look goes through all of it.
 */
public final class CleanText {

  private final String text;

  private CleanText(String text) {
    this.text = text;
  }

  /** What {@link Redact#text} leaves of it. */
  public static CleanText of(String text) {
    return new CleanText(Redact.text(text));
  }

  /** What {@link Redact#json} leaves of it. */
  public static CleanText ofJson(String json) {
    return new CleanText(Redact.json(json));
  }

  /** The beginning of a longer text, and three dots. */
  public static CleanText ofBeginning(String text) {
    return new CleanText(Redact.beforeCut(text) + "...");
  }

  /** From the database, which nothing else got into. */
  public static CleanText stored(String text) {
    return new CleanText(text);
  }

  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return text;
  }
}
