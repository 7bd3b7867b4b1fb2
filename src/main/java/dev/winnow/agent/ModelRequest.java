package dev.winnow.agent;

import dev.winnow.agent.tool.ToolSpec;
import java.util.List;

/**
 * One call of a model.
 *
 * @param purpose what the call is for: red, red-2, green, repair-1, answer, ...; part of step keys
 * @param system the rules, stable over a session
 * @param messages the conversation so far, oldest first
 * @param tools what the model may call
 */
public record ModelRequest(
    String purpose, String system, List<Message> messages, List<ToolSpec> tools) {
  public ModelRequest {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }
}
