package dev.winnow.app;

/** Colours, or none. Colour only repeats what the text says. */
record Style(boolean on) {

  static final Style PLAIN = new Style(false);

  String bold(String text) {
    return paint("1", text);
  }

  String dim(String text) {
    return paint("2", text);
  }

  String good(String text) {
    return paint("32", text);
  }

  String bad(String text) {
    return paint("31", text);
  }

  String warn(String text) {
    return paint("33", text);
  }

  String accent(String text) {
    return paint("36", text);
  }

  private String paint(String code, String text) {
    return on && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
