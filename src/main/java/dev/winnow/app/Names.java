package dev.winnow.app;

/** Short names for people. */
final class Names {

  private Names() {}

  /** {@code scripted:/tmp/x/right.json#2} becomes {@code right#2}; configured names stay. */
  static String agent(String name) {
    int kind = name.indexOf(':');
    String shown = kind < 0 ? name : name.substring(kind + 1);
    shown = shown.substring(shown.lastIndexOf('/') + 1);
    if (kind >= 0) {
      shown = shown.replaceFirst("\\.(json|ya?ml)(?=$|#)", "");
    }
    return SafeText.line(shown.isEmpty() ? name : shown, 24);
  }

  static String commit(String id) {
    return id.length() > 10 ? id.substring(0, 10) : id;
  }

  static String count(long number, String noun) {
    return "%,d %s%s".formatted(number, noun, number == 1 ? "" : "s");
  }
}
