package dev.winnow.agent;

import java.util.Locale;

/** Which program an agent of kind {@code cli} is. */
public enum Driver {
  CODEX(Provider.OPENAI, "@openai/codex"),
  CLAUDE(Provider.ANTHROPIC, "@anthropic-ai/claude-code");

  private final Provider provider;
  private final String npmPackage;

  Driver(Provider provider, String npmPackage) {
    this.provider = provider;
    this.npmPackage = npmPackage;
  }

  /** What it is installed from. */
  public String npmPackage() {
    return npmPackage;
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
