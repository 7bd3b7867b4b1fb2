package dev.winnow.store;

import dev.winnow.Json;
import dev.winnow.telemetry.CleanText;

/**
 * A value for a column of type jsonb. PostgreSQL takes neither U+0000 nor half of a surrogate pair
 * there, and both occur in what candidates write: they become U+2400 and U+FFFD, which are visible.
 */
public record Jsonb(CleanText clean) {

  public Jsonb {
    String text = clean.text();
    String storable = storable(text);
    // what is put in place of a character is no part of a secret
    clean = storable.equals(text) ? clean : CleanText.stored(storable);
  }

  public Jsonb(String json) {
    this(CleanText.ofJson(json));
  }

  public static Jsonb of(Object value) {
    return new Jsonb(Json.write(value));
  }

  public String text() {
    return clean.text();
  }

  private static String storable(String json) {
    StringBuilder changed = null;
    int copied = 0;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      int end = i + 1;
      char instead;
      if (c == '\\') {
        if (!json.startsWith("u", i + 1)) {
          i++; // skips the escaped character, which may be a backslash
          continue;
        }
        end = Math.min(i + 6, json.length());
        String escape = json.substring(i + 2, end);
        if (!escape.equals("0000")) {
          continue;
        }
        instead = '\u2400';
      } else if (isPair(json, i)) {
        i++;
        continue;
      } else if (Character.isSurrogate(c)) {
        instead = '\ufffd';
      } else {
        continue;
      }
      if (changed == null) {
        changed = new StringBuilder(json.length());
      }
      changed.append(json, copied, i).append(instead);
      copied = end;
      i = end - 1;
    }
    return changed == null ? json : changed.append(json, copied, json.length()).toString();
  }

  private static boolean isPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1));
  }
}
