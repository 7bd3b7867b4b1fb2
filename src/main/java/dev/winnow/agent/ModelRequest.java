package dev.winnow.agent;

import dev.winnow.agent.tool.ToolSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

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
 * @param inputTokens how many that is, where whoever asks has estimated it already
 */
public record ModelRequest(
    String purpose,
    String system,
    List<Message> messages,
    List<ToolSpec> tools,
    Optional<OutputFormat> format,
    OptionalInt maxOutputTokens,
    OptionalLong inputTokens) {
  public ModelRequest {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  /** Plain text within the model's usual limit. */
  public ModelRequest(String purpose, String system, List<Message> messages, List<ToolSpec> tools) {
    this(
        purpose,
        system,
        messages,
        tools,
        Optional.empty(),
        OptionalInt.empty(),
        OptionalLong.empty());
  }

  public ModelRequest withFormat(OutputFormat wanted) {
    return new ModelRequest(
        purpose, system, messages, tools, Optional.of(wanted), maxOutputTokens, inputTokens);
  }

  public ModelRequest withMaxOutputTokens(int tokens) {
    return new ModelRequest(
        purpose, system, messages, tools, format, OptionalInt.of(tokens), inputTokens);
  }

  public ModelRequest withInputTokens(long estimate) {
    return new ModelRequest(
        purpose, system, messages, tools, format, maxOutputTokens, OptionalLong.of(estimate));
  }
}
