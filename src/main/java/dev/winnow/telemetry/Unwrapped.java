package dev.winnow.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * A text without the line ends that programs put into long words: base64 and hex of a secret come
 * in lines of 60 to 76 characters, and the secret may stand at such an end.
 */
final class Unwrapped {

  /** A word of text is seldom longer. */
  private static final int LONG = 24;

  private final StringBuilder text = new StringBuilder();
  private final int[] places;

  private Unwrapped(CharSequence wrapped, int first) {
    places = new int[wrapped.length() - first];
    for (int at = first; at < wrapped.length(); ) {
      int end = endOfBreak(wrapped, at);
      boolean inWord =
          end > at
              && (at == 0 || isOfWord(wrapped.charAt(at - 1)))
              && (end == wrapped.length() || isOfWord(wrapped.charAt(end)));
      if (inWord) {
        at = end;
      } else {
        places[text.length()] = at;
        text.append(wrapped.charAt(at++));
      }
    }
  }

  /** Null where no long word stands before the end of a line, as in nearly all text. */
  static @Nullable Unwrapped of(CharSequence wrapped) {
    return of(wrapped, 0);
  }

  /**
   * @param before characters of a word that stood right before the text
   */
  static @Nullable Unwrapped of(CharSequence wrapped, int before) {
    int first = first(wrapped, before);
    return first < 0 ? null : new Unwrapped(wrapped, first);
  }

  /** How many characters of a word stand at the end of a text, and of what stood before it. */
  static int wordAtEnd(CharSequence text, int before) {
    int word = 0;
    while (word < text.length() && isOfWord(text.charAt(text.length() - 1 - word))) {
      word++;
    }
    return word < text.length() ? word : Math.min(before + word, LONG);
  }

  /** Whether a text is worth to be unwrapped. */
  static boolean isIn(String text) {
    return first(text, 0) >= 0;
  }

  /** Where the first long word begins that stands before the end of a line; -1 without one. */
  private static int first(CharSequence text, int before) {
    int word = before;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (isOfWord(c)) {
        word++;
      } else if (word >= LONG && endOfBreak(text, at) > at) {
        return Math.max(0, at - word);
      } else {
        word = 0;
      }
    }
    return -1;
  }

  CharSequence text() {
    return text;
  }

  /** Where in the wrapped text a character of this one stands. */
  int place(int at) {
    return places[at];
  }

  /**
   * Where a line break ends that begins here: as it is, or as JSON writes it, any number of times
   * over; the same place when there is none. What the end of the text cuts may be one.
   */
  private static int endOfBreak(CharSequence text, int at) {
    int end = at;
    while (end < text.length() && (text.charAt(end) == '\n' || text.charAt(end) == '\r')) {
      end++;
    }
    if (end > at) {
      return end;
    }
    while (end < text.length() && text.charAt(end) == '\\') {
      end++;
    }
    if (end == at || end == text.length()) {
      return end;
    }
    char escaped = text.charAt(end);
    if (escaped == 'r') {
      int more = endOfBreak(text, end + 1);
      return more > end + 1 || more == text.length() ? more : at;
    }
    return escaped == 'n' ? end + 1 : at;
  }

  private static boolean isOfWord(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/'
        || c == '='
        || c == '-'
        || c == '_';
  }
}
