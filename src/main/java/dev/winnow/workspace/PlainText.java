package dev.winnow.workspace;

import com.google.re2j.Pattern;

/** Makes a command's output safe to show: no terminal sequence, no control character. */
public final class PlainText {

  // CSI, OSC (ended by BEL or ST), other two-character escapes
  private static final Pattern ESCAPES =
      Pattern.compile(
          "\u001b\\[[0-?]*[ -/]*[@-~]|\u001b\\][^\u0007\u001b]*(?:\u0007|\u001b\\\\)?|\u001b[ -/]*[0-~]");

  private static final Pattern CONTROLS =
      Pattern.compile(
          "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x{9f}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}]");

  private PlainText() {}

  /** The text without ANSI sequences; CR LF becomes LF, other control characters become U+FFFD. */
  public static String of(String output) {
    String text = ESCAPES.matcher(output).replaceAll("").replace("\r\n", "\n");
    return CONTROLS.matcher(text).replaceAll("\ufffd");
  }
}
