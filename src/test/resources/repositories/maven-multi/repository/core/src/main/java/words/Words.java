package words;

/** Questions about texts. */
public final class Words {

  private Words() {}

  /** The number of words, whatever white space is between them. */
  public static int count(String text) {
    String stripped = text.strip();
    return stripped.isEmpty() ? 0 : stripped.split("\\s+").length;
  }

  /** The text with single spaces between its words. */
  public static String normalize(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
