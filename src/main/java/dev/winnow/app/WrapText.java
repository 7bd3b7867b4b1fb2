package dev.winnow.app;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Breaks text that may carry colours into lines for a terminal. */
final class WrapText {

  private static final Pattern COLOUR = Pattern.compile("\u001b\\[\\d*m");

  private WrapText() {}

  /**
   * Lines of at most {@code columns} columns, broken between words, later ones indented by {@code
   * indent}; a word that is longer than a line stays whole.
   */
  static List<String> lines(String text, int columns, int indent) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length() && text.charAt(start) == ' ') {
      start++;
    }
    StringBuilder line = new StringBuilder(text.substring(0, start));
    int used = start;
    boolean empty = true;
    for (String word : text.substring(start).split(" ", -1)) {
      int width = columns(word);
      if (!empty && used + 1 + width > columns) {
        lines.add(line.toString());
        line = new StringBuilder(" ".repeat(indent));
        used = indent;
        empty = true;
      }
      if (!empty) {
        line.append(' ');
        used++;
      }
      line.append(word);
      used += width;
      empty = false;
    }
    lines.add(line.toString());
    return lines;
  }

  /** Terminal columns without the colours. */
  static int columns(String text) {
    return SafeText.columns(COLOUR.matcher(text).replaceAll(""));
  }
}
