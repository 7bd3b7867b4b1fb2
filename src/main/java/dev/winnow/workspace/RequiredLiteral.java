package dev.winnow.workspace;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The longest piece of text that every match of a pattern must hold. Looking for it first is a
 * hundred times faster than the regular expression, and most files do not have it.
 */
final class RequiredLiteral {

  private static final byte[] NONE = new byte[0];

  private RequiredLiteral() {}

  /**
   * One for each alternative of {@code a|b} or {@code (a|b)}: a text without any of them cannot
   * match. Empty when nothing is certain.
   */
  static List<byte[]> anyOf(String pattern) {
    List<byte[]> literals = new ArrayList<>();
    for (String alternative : alternatives(unwrapped(pattern))) {
      byte[] literal = of(alternative);
      if (literal.length == 0) {
        return List.of();
      }
      literals.add(literal);
    }
    return literals;
  }

  /** Without a group around all of it. */
  private static String unwrapped(String pattern) {
    if (!pattern.startsWith("(") || pattern.indexOf(')') != pattern.length() - 1) {
      return pattern;
    }
    String inner = pattern.substring(1, pattern.length() - 1);
    String bare = inner.startsWith("?:") ? inner.substring(2) : inner;
    return bare.endsWith("\\") || bare.contains("(") ? pattern : bare;
  }

  private static List<String> alternatives(String pattern) {
    List<String> found = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < pattern.length(); i++) {
      switch (pattern.charAt(i)) {
        case '\\' -> i++;
        case '[' -> i = endOfClass(pattern, i);
        case '(' -> depth++;
        case ')' -> depth--;
        case '|' -> {
          if (depth == 0) {
            found.add(pattern.substring(start, i));
            start = i + 1;
          }
        }
        default -> {
          // stands for itself
        }
      }
    }
    found.add(pattern.substring(Math.min(start, pattern.length())));
    return found;
  }

  /** As UTF-8; empty when there is none that is certain. */
  static byte[] of(String pattern) {
    if (pattern.indexOf('|') >= 0 || pattern.contains("(?") || pattern.contains("\\Q")) {
      return NONE; // alternatives, flags and quotations: too much to be sure of
    }
    String best = "";
    StringBuilder run = new StringBuilder();
    int depth = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      boolean literal = false;
      switch (c) {
        case '\\' -> {
          i++;
          if (i < pattern.length() && !Character.isLetterOrDigit(pattern.charAt(i))) {
            c = pattern.charAt(i);
            literal = true;
          } else if (i < pattern.length() && "pPx".indexOf(pattern.charAt(i)) >= 0) {
            return NONE;
          }
        }
        case '[' -> i = endOfClass(pattern, i);
        case '(' -> depth++;
        case ')' -> depth--;
        case '*', '?', '{' -> {
          // what stands before may be absent
          if (!run.isEmpty()) {
            run.setLength(run.length() - 1);
          }
          if (c == '{') {
            i = Math.max(i, pattern.indexOf('}', i));
          }
        }
        case '.', '^', '$', '+' -> {
          // anything, nothing, or more of the same: the run ends here
        }
        default -> literal = true;
      }
      if (literal && depth == 0 && !Character.isSurrogate(c)) {
        run.append(c);
      } else {
        best = longer(best, run);
        run.setLength(0);
      }
    }
    best = longer(best, run);
    return best.length() < 2 ? NONE : best.getBytes(StandardCharsets.UTF_8);
  }

  private static String longer(String best, StringBuilder run) {
    return run.length() > best.length() ? run.toString() : best;
  }

  private static int endOfClass(String pattern, int from) {
    int i = from + 1;
    if (i < pattern.length() && pattern.charAt(i) == '^') {
      i++;
    }
    if (i < pattern.length() && pattern.charAt(i) == ']') {
      i++;
    }
    while (i < pattern.length() && pattern.charAt(i) != ']') {
      if (pattern.charAt(i) == '\\') {
        i++;
      } else if (pattern.startsWith("[:", i)) {
        i = Math.max(i, pattern.indexOf(":]", i) + 1);
      }
      i++;
    }
    return i;
  }

  /** Whether the content can match. */
  static boolean isIn(byte[] content, List<byte[]> literals) {
    return literals.isEmpty() || literals.stream().anyMatch(literal -> isIn(content, literal));
  }

  private static boolean isIn(byte[] content, byte[] literal) {
    int last = content.length - literal.length;
    byte first = literal[0];
    for (int i = 0; i <= last; i++) {
      if (content[i] == first && startsAt(content, i, literal)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsAt(byte[] content, int at, byte[] literal) {
    for (int i = 1; i < literal.length; i++) {
      if (content[at + i] != literal[i]) {
        return false;
      }
    }
    return true;
  }
}
