package dev.winnow.app;

import java.util.regex.Pattern;

/** Commands that a person can paste into a POSIX shell. */
final class Shell {

  private static final Pattern HARMLESS =
      Pattern.compile("[A-Za-z0-9_./:@%+,=#][A-Za-z0-9_./:@%+,=#-]*");

  private Shell() {}

  static String quote(String word) {
    return HARMLESS.matcher(word).matches() && !word.startsWith("#")
        ? word
        : "'" + SafeText.line(word, 4_000).replace("'", "'\\''") + "'";
  }
}
