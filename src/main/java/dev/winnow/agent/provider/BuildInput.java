package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.agent.Message;
import dev.winnow.agent.ToolCall;
import dev.winnow.agent.tool.ToolSpec;
import java.util.List;

/** A conversation and tools as OpenAI's Responses API wants them. */
final class BuildInput {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private BuildInput() {}

  static ArrayNode input(List<Message> messages) {
    ArrayNode input = JSON.arrayNode();
    for (Message message : messages) {
      switch (message) {
        case Message.User user -> input.add(said("user", "input_text", user.text()));
        case Message.ToolReturn result ->
            input
                .addObject()
                .put("type", "function_call_output")
                .put("call_id", result.callId())
                .put("output", result.text());
        case Message.Assistant assistant -> assistant(assistant, input);
      }
    }
    return input;
  }

  private static void assistant(Message.Assistant assistant, ArrayNode input) {
    // what OpenAI itself said goes back as it came: reasoning is only accepted in its place
    if (!assistant.opaque().isEmpty()
        && assistant.opaque().stream().noneMatch(BuildMessages::isBlock)) {
      assistant.opaque().forEach(input::add);
      return;
    }
    if (!assistant.text().isBlank()) {
      input.add(said("assistant", "output_text", assistant.text()));
    }
    for (ToolCall call : assistant.calls()) {
      input
          .addObject()
          .put("type", "function_call")
          .put("call_id", call.id())
          .put("name", call.tool())
          .put("arguments", call.arguments().toString());
    }
  }

  private static ObjectNode said(String role, String type, String text) {
    ObjectNode message = JSON.objectNode().put("type", "message").put("role", role);
    message.putArray("content").addObject().put("type", type).put("text", text);
    return message;
  }

  static ArrayNode tools(List<ToolSpec> specs) {
    ArrayNode tools = JSON.arrayNode();
    for (ToolSpec spec : specs) {
      tools
          .addObject()
          .put("type", "function")
          .put("name", spec.name())
          .put("description", spec.description())
          // strict would make every optional argument required
          .put("strict", false)
          .<JsonNode>set("parameters", spec.parameters());
    }
    return tools;
  }
}
