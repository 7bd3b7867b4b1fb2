package dev.winnow.checkpoint;

/** JSON text for a {@code json} or {@code text} column, kept to the character. */
final class ExactJson {

  /**
   * SQL for the git tree that a step ending with {@code /files} left, which its result begins with;
   * else null. The operators for {@code json} read all of a value, and fail at U+0000.
   */
  static final String TREE = "substring(result::text from '^\\{\"tree\":\"([^\"]+)\"')";

  private ExactJson() {}

  /** Writes half of a surrogate pair, for which UTF-8 has no form, as its JSON escape. */
  static String storable(String json) {
    if (!hasSurrogates(json)) {
      return json;
    }
    StringBuilder escaped = new StringBuilder(json.length() + 16);
    json.codePoints()
        .forEach(c -> {
          if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            escaped.append("\\u%04x".formatted(c));
          } else {
            escaped.appendCodePoint(c);
          }
        });
    return escaped.toString();
  }

  private static boolean hasSurrogates(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
