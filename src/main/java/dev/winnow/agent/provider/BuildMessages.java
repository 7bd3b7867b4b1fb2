package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.agent.Message;
import dev.winnow.agent.ToolCall;
import dev.winnow.agent.tool.ToolSpec;
import java.util.List;
import java.util.Set;

/**
 * A conversation and tools as Anthropic's Messages API wants them, with the marks up to which it
 * may be cached: the rules, and the two newest messages of the user, so that each turn reads what
 * the turn before has written.
 */
final class BuildMessages {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<String> BLOCKS =
      Set.of("text", "thinking", "redacted_thinking", "tool_use");

  private BuildMessages() {}

  /** Whether it is a content block of Anthropic's, and no item of OpenAI's. */
  static boolean isBlock(JsonNode item) {
    return BLOCKS.contains(item.path("type").asText(""));
  }

  static ArrayNode messages(List<Message> conversation) {
    ArrayNode messages = JSON.arrayNode();
    for (Message message : conversation) {
      switch (message) {
        case Message.User user -> {
          String text = user.text().isBlank() ? "(nothing)" : user.text();
          content(messages, "user").addObject().put("type", "text").put("text", text);
        }
        case Message.ToolReturn result ->
            content(messages, "user")
                .addObject()
                .put("type", "tool_result")
                .put("tool_use_id", result.callId())
                .put("content", result.text())
                .put("is_error", !result.ok());
        case Message.Assistant assistant -> assistant(assistant, messages);
      }
    }
    markCached(messages);
    return messages;
  }

  /** The content of the last message, if it has the role; roles must alternate. */
  private static ArrayNode content(ArrayNode messages, String role) {
    JsonNode last = messages.path(messages.size() - 1);
    if (last instanceof ObjectNode open && open.path("role").asText("").equals(role)) {
      return open.withArray("content");
    }
    return messages.addObject().put("role", role).putArray("content");
  }

  private static void assistant(Message.Assistant assistant, ArrayNode messages) {
    boolean own =
        !assistant.opaque().isEmpty()
            && assistant.opaque().stream().anyMatch(BuildMessages::isBlock);
    if (own) {
      // as they came, thinking and its signatures included
      assistant.opaque().stream()
          .filter(block -> !isBlankText(block))
          .forEach(block -> content(messages, "assistant").add(block));
      return;
    }
    if (!assistant.text().isBlank()) {
      content(messages, "assistant").addObject().put("type", "text").put("text", assistant.text());
    }
    for (ToolCall call : assistant.calls()) {
      content(messages, "assistant")
          .addObject()
          .put("type", "tool_use")
          .put("id", call.id())
          .put("name", call.tool())
          .<JsonNode>set("input", input(call.arguments()));
    }
  }

  /** The API refuses them, although models write them before a call. */
  private static boolean isBlankText(JsonNode block) {
    return block.path("type").asText("").equals("text") && block.path("text").asText("").isBlank();
  }

  /** An object whatever the model wrote: nothing else is accepted back. */
  static JsonNode input(JsonNode arguments) {
    return arguments.isObject()
        ? arguments
        : JSON.objectNode().put("invalid_json", arguments.asText(arguments.toString()));
  }

  private static void markCached(ArrayNode messages) {
    int marks = 2;
    for (int i = messages.size() - 1; i >= 0 && marks > 0; i--) {
      JsonNode message = messages.get(i);
      JsonNode content = message.path("content");
      if (message.path("role").asText("").equals("user")
          && content.path(content.size() - 1) instanceof ObjectNode last) {
        mark(last);
        marks--;
      }
    }
  }

  private static void mark(ObjectNode block) {
    block.putObject("cache_control").put("type", "ephemeral");
  }

  static ArrayNode system(String rules) {
    ArrayNode system = JSON.arrayNode();
    if (!rules.isBlank()) {
      mark(system.addObject().put("type", "text").put("text", rules));
    }
    return system;
  }

  static ArrayNode tools(List<ToolSpec> specs) {
    ArrayNode tools = JSON.arrayNode();
    for (ToolSpec spec : specs) {
      tools
          .addObject()
          .put("name", spec.name())
          .put("description", spec.description())
          .<JsonNode>set("input_schema", spec.parameters());
    }
    return tools;
  }
}
