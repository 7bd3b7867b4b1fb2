package dev.winnow.spec.conductor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a file whose bytes must survive. Every byte is a character while lines are handled,
 * so that a byte order mark, mixed line ends and what is no UTF-8 come out as they went in.
 */
final class TextLines {

  private final List<String> lines = new ArrayList<>(); // with their ends

  TextLines(byte[] content) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        lines.add(text.substring(start, i + 1));
        start = i + 1;
      }
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
  }

  int size() {
    return lines.size();
  }

  /** A line without its end. */
  String get(int index) {
    String line = lines.get(index).replaceFirst("\\r?\\n$", "");
    String text = new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** All lines; those inside of fenced code blocks and comments are empty, they mean nothing. */
  List<String> meaningful() {
    List<String> meaningful = new ArrayList<>();
    boolean code = false;
    boolean comment = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = get(i);
      String stripped = line.strip();
      boolean border = stripped.startsWith("```") || stripped.startsWith("~~~");
      if (!code && !comment && stripped.startsWith("<!--")) {
        comment = true;
      }
      meaningful.add(code || border || comment ? "" : line);
      if (border && !comment) {
        code = !code;
      }
      if (comment && stripped.contains("-->")) {
        comment = false;
      }
    }
    return meaningful;
  }

  /**
   * Replaces a part of a line.
   *
   * @param from character of the line, as {@link #get} gives it
   */
  void replace(int index, int from, int to, String with) {
    String line = lines.get(index);
    String end = line.endsWith("\r\n") ? "\r\n" : line.endsWith("\n") ? "\n" : "";
    String text = get(index);
    String before = line.startsWith(raw("\uFEFF")) ? raw("\uFEFF") : "";
    lines.set(index, before + raw(text.substring(0, from) + with + text.substring(to)) + end);
  }

  private static String raw(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Adds text at the end, on a line of its own. */
  void append(String text) {
    String end = lines.stream().anyMatch(l -> l.endsWith("\r\n")) ? "\r\n" : "\n";
    if (!lines.isEmpty() && !lines.getLast().endsWith("\n")) {
      lines.set(lines.size() - 1, lines.getLast() + end);
    }
    text.lines().forEach(line -> lines.add(raw(line) + end));
  }

  byte[] bytes() {
    return String.join("", lines).getBytes(StandardCharsets.ISO_8859_1);
  }
}
