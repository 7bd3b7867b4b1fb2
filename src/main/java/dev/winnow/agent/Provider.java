package dev.winnow.agent;

import java.util.Locale;

/** Whose model it is. */
public enum Provider {
  OPENAI("OPENAI_API_KEY"),
  ANTHROPIC("ANTHROPIC_API_KEY");

  private final String key;

  Provider(String key) {
    this.key = key;
  }

  /** The variable that usually holds its key. */
  public String key() {
    return key;
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
