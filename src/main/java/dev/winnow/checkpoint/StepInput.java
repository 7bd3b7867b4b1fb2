package dev.winnow.checkpoint;

import dev.winnow.Json;
import dev.winnow.telemetry.Redact;
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
record StepInput(String hash, String excerpt) {

  private static final int EXCERPT = 4_000;
  private static final int SHOWN = 160;

  static StepInput of(Object input) {
    String json = ExactJson.storable(Json.write(input));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
      return new StepInput(
          HexFormat.of().formatHex(hash),
          json.length() <= EXCERPT
              ? Redact.text(json)
              : Redact.beforeCut(json.substring(0, EXCERPT)) + "...");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Both inputs in one line, from a little before the place where they begin to differ. */
  static String difference(StepInput recorded, StepInput now) {
    int limit = Math.min(recorded.excerpt.length(), now.excerpt.length());
    int at = 0;
    while (at < limit && recorded.excerpt.charAt(at) == now.excerpt.charAt(at)) {
      at++;
    }
    int from = Math.max(0, at - SHOWN / 4);
    return "recorded %s, now %s".formatted(recorded.shownFrom(from), now.shownFrom(from));
  }

  private String shownFrom(int from) {
    String shown =
        excerpt.substring(
            Math.min(from, excerpt.length()), Math.min(from + SHOWN, excerpt.length()));
    return "%s%s (%s)".formatted(from > 0 ? "..." : "", shown, hash.substring(0, 12));
  }
}
