package dev.winnow.evidence.runner;

import java.util.regex.Pattern;

/** Makes hostile text showable: no terminal control sequences, one size limit. */
final class Excerpt {

  /** Of a command's output; the end says most, so it gets most of the room. */
  private static final int OUTPUT = 16 * 1024;

  private static final int HEAD = 3 * 1024;
  private static final int MESSAGE = 2_000;
  private static final int ID = 500;

  private static final Pattern ANSI =
      Pattern.compile(
          "\u001b\\[[0-9;?]{0,40}[ -/]{0,8}[@-~]|\u001b\\][^\u0007\u001b]{0,500}\u0007?|\u001b.?");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");
  // the default toString of an object differs in every run
  private static final Pattern IDENTITY = Pattern.compile("@[0-9a-f]{5,8}\\b");

  private Excerpt() {}

  static String ofOutput(String output) {
    String text = clean(output);
    if (text.length() <= OUTPUT) {
      return text;
    }
    int tail = OUTPUT - HEAD - 80;
    return text.substring(0, HEAD)
        + "\n... "
        + (text.length() - HEAD - tail)
        + " characters left out ...\n"
        + text.substring(text.length() - tail);
  }

  static String ofMessage(String message) {
    String text = clean(message).strip();
    return text.length() <= MESSAGE ? text : text.substring(0, MESSAGE) + " ...";
  }

  /** One line, without what differs between runs. */
  static String ofId(String id) {
    String text = IDENTITY.matcher(clean(id).replaceAll("\\s+", " ").strip()).replaceAll("@?");
    return text.length() <= ID ? text : text.substring(0, ID);
  }

  /** The first line with text in it, for a reason. */
  static String firstLine(String text) {
    String line = clean(text).lines().filter(l -> !l.isBlank()).findFirst().orElse("").strip();
    return line.length() <= 300 ? line : line.substring(0, 300) + " ...";
  }

  static String clean(String text) {
    String plain = ANSI.matcher(text.replace("\r\n", "\n")).replaceAll("");
    return CONTROL.matcher(plain).replaceAll("");
  }
}
