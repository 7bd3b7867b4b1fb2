package dev.winnow.telemetry;

import java.util.List;

/**
 * Looks for many short literals in one pass: nearly all text has none of them, and each line of
 * output, each event and each row goes through here.
 */
final class KeyLiterals {

  private static final int ASCII = 128;

  /**
   * @param bit tells for whom it is
   */
  private record Literal(String text, long bit) {}

  /** By their first two characters; null where none begins with them. */
  private final Literal[][] byBeginning = new Literal[ASCII * ASCII][];

  /**
   * @param groups at most 63, all of at least two ASCII characters; the position is the number of
   *     the bit
   */
  KeyLiterals(List<List<String>> groups) {
    for (int i = 0; i < groups.size(); i++) {
      for (String text : groups.get(i)) {
        int at = text.charAt(0) * ASCII + text.charAt(1);
        Literal[] known = byBeginning[at] == null ? new Literal[0] : byBeginning[at];
        Literal[] more = java.util.Arrays.copyOf(known, known.length + 1);
        more[known.length] = new Literal(text, 1L << i);
        byBeginning[at] = more;
      }
    }
  }

  /** A bit for each group of which a literal is in the text. */
  long in(String text) {
    long found = 0;
    int before = ASCII;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (before < ASCII && c < ASCII) {
        Literal[] some = byBeginning[before * ASCII + c];
        if (some != null) {
          for (Literal literal : some) {
            if ((found & literal.bit()) == 0 && text.startsWith(literal.text(), i - 1)) {
              found |= literal.bit();
            }
          }
        }
      }
      before = c;
    }
    return found;
  }
}
