package dev.winnow.http;

/** Text of a client that goes into a log line or an error: one line, without controls, not long. */
final class CleanText {

  private static final int LONGEST = 500;

  private CleanText() {}

  static String line(String untrusted) {
    String cut = untrusted.length() > LONGEST ? untrusted.substring(0, LONGEST) : untrusted;
    StringBuilder clean = new StringBuilder(cut.length());
    cut.codePoints()
        .forEach(c -> {
          switch (Character.getType(c)) {
            case Character.CONTROL,
                Character.FORMAT,
                Character.SURROGATE,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR ->
                clean.append(' ');
            default -> clean.appendCodePoint(c);
          }
        });
    return clean.toString().strip();
  }
}
