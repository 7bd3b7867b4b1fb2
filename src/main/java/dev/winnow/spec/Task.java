package dev.winnow.spec;

import dev.winnow.WinnowException;

/**
 * What the developer asked for, in their words, cleaned of control characters.
 *
 * @param text the request; never blank, at most {@link #MAX_CHARS} characters
 */
public record Task(String text) {

  /** Longer requests cost every agent their context; the limit is generous for a specification. */
  public static final int MAX_CHARS = 200_000;

  public Task {
    text = clean(text);
    if (text.isBlank()) {
      throw WinnowException.usage("The task is empty: say what should change (--task TEXT).");
    }
    if (text.length() > MAX_CHARS) {
      throw WinnowException.usage(
          "The task has %,d characters, the limit is %,d: shorten it or put the details into the repository."
              .formatted(text.length(), MAX_CHARS));
    }
  }

  /** The first line, cut to 72 characters: the title of the commit that is delivered. */
  public String title() {
    String line = text.strip().lines().findFirst().orElseThrow().strip();
    return line.length() <= 72 ? line : line.substring(0, 71).stripTrailing() + "…";
  }

  /** Control characters could drive a terminal or hide text from a reader; line breaks stay. */
  private static String clean(String raw) {
    StringBuilder clean = new StringBuilder(raw.length());
    raw.replace("\r\n", "\n")
        .codePoints()
        .filter(c -> c == '\n' || c == '\t' || !isControl(c))
        .forEach(clean::appendCodePoint);
    return clean.toString().strip();
  }

  private static boolean isControl(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE;
  }
}
