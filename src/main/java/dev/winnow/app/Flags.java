package dev.winnow.app;

import java.util.Locale;
import java.util.Optional;

/** Yes or no, as people write it. */
final class Flags {

  static final String EXPECTED = "expected true or false";

  private Flags() {}

  static Optional<Boolean> parse(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes", "on" -> Optional.of(true);
      case "false", "0", "no", "off" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
