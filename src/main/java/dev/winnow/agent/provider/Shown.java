package dev.winnow.agent.provider;

import dev.winnow.agent.CapText;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a provider said, as people may see it: one line, and no key in it. */
final class Shown {

  private static final int MAX_CHARS = 300;

  /** Providers echo keys that they refuse, sometimes another one than was sent. */
  private static final Pattern KEY =
      Pattern.compile("(?i)\\b(?:sk|key|pk)-[A-Za-z0-9_*.\\-]{6,}|\\bBearer\\s+\\S+");

  private Shown() {}

  static String time(Duration time) {
    return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  static String line(String text, String apiKey) {
    String without = apiKey.length() < 4 ? text : text.replace(apiKey, "[key]");
    return CapText.oneLine(KEY.matcher(without).replaceAll("[key]"), MAX_CHARS);
  }
}
