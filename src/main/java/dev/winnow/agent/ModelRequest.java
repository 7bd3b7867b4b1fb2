package dev.winnow.agent;

import dev.winnow.agent.tool.ToolSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One call of a model.
 *
 * @param purpose what the call is for: red, red-2, green, repair-1, answer, ...; part of step keys
 * @param system the rules, stable over a session
 * @param messages the conversation so far, oldest first
 * @param tools what the model may call
 * @param format of the answer; empty for plain text
 * @param maxOutputTokens most that the answer may have, reasoning included; empty for the model's
 *     usual limit
 */
public record ModelRequest(
    String purpose,
    String system,
    List<Message> messages,
    List<ToolSpec> tools,
    Optional<OutputFormat> format,
    OptionalInt maxOutputTokens) {
  public ModelRequest {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  /** Plain text within the model's usual limit. */
  public ModelRequest(String purpose, String system, List<Message> messages, List<ToolSpec> tools) {
    this(purpose, system, messages, tools, Optional.empty(), OptionalInt.empty());
  }

  public ModelRequest withFormat(OutputFormat wanted) {
    return new ModelRequest(purpose, system, messages, tools, Optional.of(wanted), maxOutputTokens);
  }

  public ModelRequest withMaxOutputTokens(int tokens) {
    return new ModelRequest(purpose, system, messages, tools, format, OptionalInt.of(tokens));
  }
}
