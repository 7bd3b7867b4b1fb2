package dev.winnow.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Forms that nobody writes by mistake but a program does that prints bytes ({@code xxd}, a
 * debugger) or that wants to get a secret past a filter: every character escaped, encoded twice,
 * turned round.
 */
final class OtherForms {

  private OtherForms() {}

  static Set<String> of(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    Set<String> forms = new LinkedHashSet<>();
    for (HexFormat hex : List.of(HexFormat.of(), HexFormat.of().withUpperCase())) {
      for (String between : List.of(" ", ":", "-", ",")) {
        forms.add(hex.withDelimiter(between).formatHex(bytes));
      }
      for (String before : List.of("%", "\\x", "\\\\x", "%25")) {
        forms.add(hex.withPrefix(before).formatHex(bytes));
      }
      for (String between : List.of(",", ", ")) {
        forms.add(hex.withPrefix("0x").withDelimiter(between).formatHex(bytes));
      }
      forms.addAll(inPairs(hex.formatHex(bytes)));
      forms.add(hex.formatHex(secret.getBytes(StandardCharsets.UTF_16LE)));
    }
    for (HexFormat hex : List.of(HexFormat.of(), HexFormat.of().withUpperCase())) {
      forms.add(each(secret, c -> "\\u" + hex.toHexDigits((char) c)));
      forms.add(each(secret, c -> "\\\\u" + hex.toHexDigits((char) c)));
    }
    forms.add(each(secret, OtherForms::octal));
    forms.add(each(secret, c -> "&#" + c + ";"));
    forms.add(each(secret, c -> "&#x" + Integer.toHexString(c) + ";"));
    forms.add(each(secret, c -> "&#x" + Integer.toHexString(c).toUpperCase(Locale.ROOT) + ";"));
    forms.add(twiceInAddresses(secret));
    forms.add(new StringBuilder(secret).reverse().toString());
    for (byte[] inner : inner(secret, bytes)) {
      for (int before = 0; before < 3; before++) {
        forms.add(SecretForms.base64(Base64.getEncoder(), inner, before));
      }
    }
    return forms;
  }

  /** As {@code xxd} groups them; the secret may begin in the middle of a group. */
  private static List<String> inPairs(String hex) {
    return List.of(
        hex.replaceAll("(.{4})(?!$)", "$1 "),
        hex.substring(0, 2) + " " + hex.substring(2).replaceAll("(.{4})(?!$)", "$1 "));
  }

  // not by String.format: some hundred calls for each secret, in code that is cold, at every start
  private static String each(String secret, IntFunction<String> form) {
    return secret.chars().mapToObj(form).collect(Collectors.joining());
  }

  private static String octal(int c) {
    String digits = Integer.toOctalString(c);
    return "\\" + "0".repeat(Math.max(0, 3 - digits.length())) + digits;
  }

  private static String twiceInAddresses(String secret) {
    return java.net.URLEncoder.encode(
        java.net.URLEncoder.encode(secret, StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /** What is written in base64 beside the secret itself. */
  private static List<byte[]> inner(String secret, byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes);
    return List.of(
        Base64.getEncoder().encodeToString(bytes).getBytes(StandardCharsets.US_ASCII),
        hex.getBytes(StandardCharsets.US_ASCII),
        hex.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII),
        secret.getBytes(StandardCharsets.UTF_16LE));
  }
}
