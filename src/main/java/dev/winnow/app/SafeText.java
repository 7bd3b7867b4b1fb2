package dev.winnow.app;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes text of agents and tests fit to be shown: it could otherwise drive the terminal, hide parts
 * of itself from the reader or flood the screen.
 */
final class SafeText {

  /** CSI and two-character escape sequences; possessive, so that no input makes it slow. */
  private static final Pattern ESCAPES =
      Pattern.compile("(?:\u001b\\[|\u009b)[0-?]*+[ -/]*+[@-~]|\u001b[ -/]*+[0-Z\\\\^-~]");

  /** Longer input is cut before it is looked at. */
  private static final int MOST = 20_000;

  private SafeText() {}

  /** One line of at most {@code columns} terminal columns, ending in … when something was cut. */
  static String line(String untrusted, int columns) {
    String cut = untrusted.length() > MOST ? untrusted.substring(0, MOST) : untrusted;
    // OSC first: its introducer also looks like a two-character sequence
    String text = ESCAPES.matcher(stripOsc(cut)).replaceAll("");
    StringBuilder clean = new StringBuilder();
    boolean space = false;
    for (int c : text.codePoints().toArray()) {
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        space = !clean.isEmpty();
      } else if (!isHidden(c)) {
        if (space) {
          clean.append(' ');
          space = false;
        }
        clean.appendCodePoint(c);
      }
    }
    return cut(clean.toString(), columns);
  }

  /** The same text without what could drive a terminal or hide from a reader; spaces stay. */
  static String withoutControls(String untrusted) {
    StringBuilder clean = new StringBuilder(untrusted.length());
    untrusted.codePoints().filter(c -> !isHidden(c)).forEach(clean::appendCodePoint);
    return clean.toString();
  }

  /** Several lines, whole, without what could drive a terminal; tabs become spaces. */
  static String block(String untrusted) {
    return stripOsc(untrusted)
        .lines()
        .map(line -> withoutControls(ESCAPES.matcher(line.replace("\t", "    ")).replaceAll("")))
        .map(String::stripTrailing)
        .collect(Collectors.joining("\n"));
  }

  private static String stripOsc(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      if (text.charAt(i) != '\u001b' || i + 1 >= text.length() || text.charAt(i + 1) != ']') {
        kept.append(text.charAt(i++));
        continue;
      }
      i += 2;
      while (i < text.length() && text.charAt(i) != '\u0007' && text.charAt(i) != '\u001b') {
        i++;
      }
      if (i < text.length() && text.charAt(i) == '\u0007') {
        i++;
      } else if (i + 1 < text.length() && text.charAt(i + 1) == '\\') {
        i += 2;
      }
    }
    return kept.toString();
  }

  /** Cuts text that is already clean. */
  static String cut(String text, int columns) {
    if (columns(text) <= columns) {
      return text;
    }
    StringBuilder shorter = new StringBuilder();
    int used = 0;
    for (int c : text.codePoints().toArray()) {
      if (used + width(c) > columns - 1) {
        break;
      }
      used += width(c);
      shorter.appendCodePoint(c);
    }
    return shorter.toString().stripTrailing() + "…";
  }

  /** Terminal columns of clean text. */
  static int columns(String text) {
    return text.codePoints().map(SafeText::width).sum();
  }

  static String pad(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - columns(text)));
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  /** Wide East Asian characters and emoji take two columns, combining marks none. */
  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    boolean wide =
        (c >= 0x1100 && c <= 0x115f)
            || (c >= 0x2e80 && c <= 0xa4cf)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f)
            || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0xffe0 && c <= 0xffe6)
            || (c >= 0x1f300 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd);
    return wide ? 2 : 1;
  }
}
