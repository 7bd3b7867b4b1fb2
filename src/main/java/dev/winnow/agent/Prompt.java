package dev.winnow.agent;

import java.util.Optional;

/**
 * One message to an agent.
 *
 * @param purpose red, green, repair-1, answer, verdict, ...: names the steps of the journal, so it
 *     can be used once in a conversation
 * @param format of the answer; empty for plain text
 */
public record Prompt(String purpose, String text, Optional<OutputFormat> format) {

  public Prompt(String purpose, String text) {
    this(purpose, text, Optional.empty());
  }
}
