package dev.winnow.agent;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How many tokens of input a model takes. By the providers' own pages; a model that is not known
 * gets what most local ones have.
 */
final class ContextWindow {

  static final long USUAL = 128_000;

  /** The first beginning that fits wins. */
  private static final Map<String, Long> BY_NAME = new LinkedHashMap<>();

  static {
    BY_NAME.put("gpt-4.1", 1_000_000L);
    BY_NAME.put("gpt-5", 272_000L);
    BY_NAME.put("gpt-4", 128_000L);
    BY_NAME.put("o1", 200_000L);
    BY_NAME.put("o3", 200_000L);
    BY_NAME.put("o4", 200_000L);
    BY_NAME.put("codex", 200_000L);
    BY_NAME.put("claude", 200_000L);
    BY_NAME.put("gpt-oss", 128_000L);
  }

  private ContextWindow() {}

  /**
   * @param model as {@link ChatModel#name()} says it, with or without its provider
   */
  static long tokens(String model) {
    String lower = model.toLowerCase(Locale.ROOT);
    if (lower.startsWith("scripted:")) {
      return 1_000_000; // it reads nothing
    }
    String name = lower.substring(lower.lastIndexOf(':') + 1);
    return BY_NAME.entrySet().stream()
        .filter(known -> name.startsWith(known.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(USUAL);
  }
}
