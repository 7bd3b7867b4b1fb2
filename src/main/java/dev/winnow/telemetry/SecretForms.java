package dev.winnow.telemetry;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** The ways in which a secret can be written down: raw, base64, hex, URL and JSON. */
final class SecretForms {

  private SecretForms() {}

  static Set<String> of(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    Set<String> forms = new LinkedHashSet<>();
    forms.add(secret);
    String hex = HexFormat.of().formatHex(bytes);
    forms.add(hex);
    forms.add(hex.toUpperCase(Locale.ROOT));
    for (Base64.Encoder encoder :
        new Base64.Encoder[] {Base64.getEncoder(), Base64.getUrlEncoder()}) {
      for (int before = 0; before < 3; before++) {
        forms.add(base64(encoder, bytes, before));
      }
    }
    String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    for (String written : new String[] {url, url.replace("+", "%20")}) {
      forms.add(written);
      forms.add(lowerEscapes(written));
    }
    forms.add(json(secret));
    forms.removeIf(form -> form.length() < KnownSecrets.SHORTEST);
    return forms;
  }

  /**
   * What the base64 of any text holds in which the secret stands at this place, modulo 3: without
   * the characters at both ends that the neighbours have a part in.
   */
  private static String base64(Base64.Encoder encoder, byte[] secret, int before) {
    byte[] padded = new byte[before + secret.length];
    System.arraycopy(secret, 0, padded, before, secret.length);
    int first = (before * 8 + 5) / 6;
    int end = padded.length * 8 / 6;
    return encoder.withoutPadding().encodeToString(padded).substring(first, end);
  }

  private static String lowerEscapes(String url) {
    StringBuilder lower = new StringBuilder(url);
    for (int at = lower.indexOf("%"); at >= 0; at = lower.indexOf("%", at + 1)) {
      lower.replace(at, at + 3, lower.substring(at, at + 3).toLowerCase(Locale.ROOT));
    }
    return lower.toString();
  }

  private static String json(String secret) {
    StringBuilder json = new StringBuilder();
    secret
        .chars()
        .forEach(c -> {
          switch (c) {
            case '"', '\\' -> json.append('\\').append((char) c);
            case '\n' -> json.append("\\n");
            case '\r' -> json.append("\\r");
            case '\t' -> json.append("\\t");
            default -> json.append((char) c);
          }
        });
    return json.toString();
  }

  /** What was written in several lines, a key file for example, is also told line by line. */
  static Set<String> parts(String secret) {
    Set<String> parts = new LinkedHashSet<>();
    parts.add(secret);
    if (secret.contains("\n")) {
      Arrays.stream(secret.split("\\R", -1)).map(String::strip).forEach(parts::add);
    }
    parts.removeIf(part -> part.length() < KnownSecrets.SHORTEST);
    return parts;
  }
}
