package dev.winnow.agent.provider;

import dev.winnow.agent.CapText;
import dev.winnow.telemetry.Redact;
import java.time.Duration;
import java.util.Locale;

/** What a provider said, as people may see it: one line, and no key in it. */
final class Shown {

  private static final int MAX_CHARS = 300;

  private Shown() {}

  static String time(Duration time) {
    return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  static String line(String text, String apiKey) {
    // a key of an agent's own may be shorter than what the sink takes for a secret
    String without = apiKey.length() < 4 ? text : text.replace(apiKey, Redact.INSTEAD);
    return CapText.oneLine(Redact.text(without), MAX_CHARS);
  }
}
