package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.ToolCall;
import dev.winnow.agent.tool.ToolSpec;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The body of a request to an HTTP agent: prompt, model and context. */
final class WriteHttpPrompt {

  private WriteHttpPrompt() {}

  static byte[] body(ModelRequest request, Optional<String> model) {
    ObjectNode body = Json.mapper().createObjectNode();
    body.put("prompt", prompt(request));
    model.ifPresentOrElse(m -> body.put("model", m), () -> body.putNull("model"));
    ObjectNode context = body.putObject("context");
    context.put("purpose", request.purpose());
    context.put("rules", request.system());
    ArrayNode messages = context.putArray("messages");
    request.messages().forEach(message -> messages.add(message(message)));
    ArrayNode tools = context.putArray("tools");
    request.tools().forEach(tool -> tools.add(tool(tool)));
    request
        .format()
        .ifPresentOrElse(
            format -> context.set("format", format.schema()), () -> context.putNull("format"));
    return Json.write(body).getBytes(StandardCharsets.UTF_8);
  }

  /** What Winnow asked last; the messages have it too. */
  private static String prompt(ModelRequest request) {
    for (Message message : request.messages().reversed()) {
      if (message instanceof Message.User user) {
        return user.text();
      }
    }
    return "";
  }

  private static ObjectNode message(Message message) {
    ObjectNode node = Json.mapper().createObjectNode();
    switch (message) {
      case Message.User user -> node.put("role", "user").put("content", user.text());
      case Message.Assistant assistant -> {
        node.put("role", "assistant").put("content", assistant.text());
        ArrayNode calls = node.putArray("calls");
        for (ToolCall call : assistant.calls()) {
          ObjectNode one = calls.addObject();
          one.put("id", call.id()).put("tool", call.tool()).set("arguments", call.arguments());
        }
      }
      case Message.ToolReturn result ->
          node.put("role", "tool")
              .put("call", result.callId())
              .put("ok", result.ok())
              .put("content", result.text());
    }
    return node;
  }

  private static ObjectNode tool(ToolSpec tool) {
    ObjectNode node = Json.mapper().createObjectNode();
    node.put("name", tool.name()).put("description", tool.description());
    node.set("parameters", tool.parameters());
    return node;
  }
}
