package dev.winnow.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is answered.
 *
 * @param body written as JSON; a String as it is; null for none
 */
record Reply(int status, @Nullable Object body, String type, Map<String, String> headers) {

  /** The handler has written the answer itself. */
  static final Reply WRITTEN = new Reply(0, null, "", Map.of());

  static final Reply NOTHING = new Reply(204, null, "", Map.of());

  static Reply json(Object body) {
    return json(200, body);
  }

  static Reply json(int status, Object body) {
    return new Reply(status, body, "application/json", Map.of());
  }

  static Reply text(String type, String body) {
    return new Reply(200, body, type, Map.of());
  }

  Reply with(String header, String value) {
    return new Reply(status, body, type, Map.of(header, value));
  }
}
