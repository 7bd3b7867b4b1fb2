package dev.winnow.agent;

import java.util.Locale;

/** Which program an agent of kind {@code cli} is. */
public enum Driver {
  CODEX(Provider.OPENAI),
  CLAUDE(Provider.ANTHROPIC);

  private final Provider provider;

  Driver(Provider provider) {
    this.provider = provider;
  }

  /** Whose key it takes. */
  public Provider provider() {
    return provider;
  }

  /** The program's name. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
