package dev.winnow.agent;

import java.nio.charset.StandardCharsets;

/** Bounds text before a model reads it: the head and the tail stay, the middle goes. */
public final class CapText {

  private CapText() {}

  /**
   * The text in at most {@code maxBytes} of UTF-8, not counting the line that says how much is
   * missing.
   */
  public static String headAndTail(String text, int maxBytes) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= maxBytes) {
      return text;
    }
    int headEnd = maxBytes / 2;
    while (isContinuation(bytes[headEnd])) {
      headEnd--;
    }
    int tailStart = bytes.length - (maxBytes - maxBytes / 2);
    while (tailStart < bytes.length && isContinuation(bytes[tailStart])) {
      tailStart++;
    }
    return new String(bytes, 0, headEnd, StandardCharsets.UTF_8)
        + "\n[... %,d bytes left out ...]\n".formatted(tailStart - headEnd)
        + new String(bytes, tailStart, bytes.length - tailStart, StandardCharsets.UTF_8);
  }

  /** The first line that is not blank, without control characters, in at most {@code max} chars. */
  public static String oneLine(String text, int max) {
    String line = text.lines().filter(l -> !l.isBlank()).findFirst().orElse("").strip();
    StringBuilder visible = new StringBuilder();
    line.codePoints()
        .limit(max + 1L)
        .map(c -> isInvisible(c) ? ' ' : c)
        .forEach(visible::appendCodePoint);
    String clean = visible.toString().strip();
    if (clean.length() <= max) {
      return clean;
    }
    int cut = Character.isHighSurrogate(clean.charAt(max - 2)) ? max - 2 : max - 1;
    return clean.substring(0, cut) + "…";
  }

  private static boolean isInvisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> true;
      default -> false;
    };
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }
}
