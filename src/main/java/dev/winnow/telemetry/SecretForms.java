package dev.winnow.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The ways in which a secret can be written down: raw, base64, hex, URL, JSON and HTML. */
final class SecretForms {

  /**
   * What is left as it is in addresses, beside letters and digits: by RFC 3986 (curl), by browsers
   * (encodeURIComponent), by Python, which keeps the slash, and by forms (Java).
   */
  private static final List<String> UNRESERVED = List.of("-._~", "-._~!*'()", "-._~/", "-._*");

  /** Bytes; these forms are up to six times as long, and a stream is held back for the longest. */
  private static final int LONGEST_TOLD_OTHERWISE = 256;

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
    for (String unreserved : UNRESERVED) {
      for (HexFormat hexadecimal : List.of(HexFormat.of(), HexFormat.of().withUpperCase())) {
        String url = url(bytes, unreserved, hexadecimal);
        forms.add(url);
        forms.add(url.replace("%20", "+"));
      }
    }
    for (boolean ascii : new boolean[] {false, true}) {
      String json = json(secret, ascii);
      forms.add(json);
      forms.add(json.replace("/", "\\/"));
      forms.add(json(json, false)); // JSON in a text of JSON
    }
    for (String apostrophe : new String[] {"'", "&#39;", "&#x27;", "&apos;"}) {
      forms.add(html(secret).replace("'", apostrophe));
    }
    if (bytes.length <= LONGEST_TOLD_OTHERWISE) {
      forms.addAll(OtherForms.of(secret));
    }
    forms.removeIf(form -> form.length() < KnownSecrets.SHORTEST);
    return forms;
  }

  /**
   * What the base64 of any text holds in which the secret stands at this place, modulo 3: without
   * the characters at both ends that the neighbours have a part in.
   */
  static String base64(Base64.Encoder encoder, byte[] secret, int before) {
    byte[] padded = new byte[before + secret.length];
    System.arraycopy(secret, 0, padded, before, secret.length);
    int first = (before * 8 + 5) / 6;
    int end = padded.length * 8 / 6;
    return encoder.withoutPadding().encodeToString(padded).substring(first, end);
  }

  private static String url(byte[] secret, String unreserved, HexFormat hex) {
    StringBuilder url = new StringBuilder();
    for (byte b : secret) {
      char c = (char) (b & 0xff);
      boolean plain = c < 128 && Character.isLetterOrDigit(c);
      if (plain || unreserved.indexOf(c) >= 0) {
        url.append(c);
      } else {
        url.append('%').append(hex.toHexDigits((byte) c));
      }
    }
    return url.toString();
  }

  /**
   * @param ascii whether other characters are escaped as well
   */
  private static String json(String secret, boolean ascii) {
    StringBuilder json = new StringBuilder();
    secret
        .chars()
        .forEach(c -> {
          switch (c) {
            case '"', '\\' -> json.append('\\').append((char) c);
            case '\n' -> json.append("\\n");
            case '\r' -> json.append("\\r");
            case '\t' -> json.append("\\t");
            default -> {
              if (c < ' ' || (ascii && c > 126)) {
                json.append("\\u%04x".formatted(c));
              } else {
                json.append((char) c);
              }
            }
          }
        });
    return json.toString();
  }

  private static String html(String secret) {
    return secret
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /**
   * What was written in several lines, a key file for example, is also told line by line. The lines
   * around a key are everybody's: without them another key could not be recognised.
   */
  static Set<String> parts(String secret) {
    Set<String> parts = new LinkedHashSet<>();
    parts.add(secret);
    if (secret.contains("\n")) {
      parts.addAll(
          Arrays.stream(secret.split("\\R", -1))
              .map(String::strip)
              .filter(line -> !line.startsWith("-----") && !Redact.isOrdinary(line))
              .collect(Collectors.toCollection(LinkedHashSet::new)));
    }
    parts.removeIf(part -> part.length() < KnownSecrets.SHORTEST);
    return parts;
  }
}
