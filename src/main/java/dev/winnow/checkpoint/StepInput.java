package dev.winnow.checkpoint;

import dev.winnow.Json;
import dev.winnow.telemetry.CleanText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a step's result depends on.
 *
 * @param hash SHA-256 of its JSON, in hexadecimal
 * @param excerpt the beginning of its JSON, to show a person what differs
 */
record StepInput(String hash, CleanText excerpt) {

  private static final int EXCERPT = 4_000;
  private static final int SHOWN = 160;

  static StepInput of(Object input) {
    String json = ExactJson.storable(Json.write(input));
    return new StepInput(
        HexFormat.of().formatHex(hash(json)),
        json.length() <= EXCERPT
            ? CleanText.of(json)
            : CleanText.ofBeginning(json.substring(0, EXCERPT)));
  }

  static byte[] hash(String json) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Both inputs in one line, from a little before the place where they begin to differ. */
  static String difference(StepInput recorded, StepInput now) {
    String before = recorded.excerpt.text();
    String after = now.excerpt.text();
    int limit = Math.min(before.length(), after.length());
    int at = 0;
    while (at < limit && before.charAt(at) == after.charAt(at)) {
      at++;
    }
    int from = Math.max(0, at - SHOWN / 4);
    return "recorded %s, now %s".formatted(recorded.shownFrom(from), now.shownFrom(from));
  }

  private String shownFrom(int from) {
    String text = excerpt.text();
    String shown =
        text.substring(Math.min(from, text.length()), Math.min(from + SHOWN, text.length()));
    return "%s%s (%s)".formatted(from > 0 ? "..." : "", shown, hash.substring(0, 12));
  }
}
