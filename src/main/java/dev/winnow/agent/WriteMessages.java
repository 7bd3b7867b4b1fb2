package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.telemetry.Redact;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Messages as the conventions for generative AI have them in a span: a JSON array of roles and
 * parts. It stays JSON when it is long: texts are cut, and of a conversation the oldest messages
 * go.
 */
final class WriteMessages {

  /** Characters of one text. */
  private static final int PART = 4096;

  /** Characters of all. */
  private static final int MOST = 16_384;

  /** Of one reply; a model may ask for any number of them. */
  private static final int MOST_CALLS = 16;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private WriteMessages() {}

  static String system(String rules) {
    return JSON.arrayNode().add(text(rules)).toString();
  }

  /** The end of the conversation, oldest first; the newest message is always there. */
  static String input(List<Message> messages) {
    Deque<String> newest = new ArrayDeque<>();
    int length = 0;
    for (Message message : messages.reversed()) {
      String written = message(message).toString();
      length += written.length() + 1;
      if (length > MOST && !newest.isEmpty()) {
        break;
      }
      newest.addFirst(written);
    }
    return "[" + String.join(",", newest) + "]";
  }

  static String output(Message.Assistant reply, String finish) {
    return JSON.arrayNode().add(message(reply).put("finish_reason", finish)).toString();
  }

  private static ObjectNode message(Message message) {
    ArrayNode parts = JSON.arrayNode();
    String role =
        switch (message) {
          case Message.User user -> {
            parts.add(text(user.text()));
            yield "user";
          }
          case Message.Assistant assistant -> {
            if (!assistant.text().isEmpty()) {
              parts.add(text(assistant.text()));
            }
            assistant.calls().stream().limit(MOST_CALLS).forEach(call -> parts.add(call(call)));
            yield "assistant";
          }
          case Message.ToolReturn result -> {
            parts.add(
                part("tool_call_response")
                    .put("id", cut(result.callId()))
                    .put("response", cut(result.text())));
            yield "tool";
          }
        };
    ObjectNode written = JSON.objectNode().put("role", role);
    written.set("parts", parts);
    return written;
  }

  private static ObjectNode call(ToolCall call) {
    // a model may name a tool that there is not, and call it what it likes
    ObjectNode part = part("tool_call").put("id", cut(call.id())).put("name", cut(call.tool()));
    String arguments = Redact.json(call.arguments().toString());
    // what is cut is no JSON any more
    return arguments.length() <= PART
        ? part.set("arguments", Json.read(arguments, JsonNode.class))
        : part.put("arguments", cut(arguments));
  }

  private static ObjectNode text(String text) {
    return part("text").put("content", cut(text));
  }

  private static ObjectNode part(String type) {
    return JSON.objectNode().put("type", type);
  }

  private static String cut(String text) {
    return text.length() <= PART
        ? Redact.text(text)
        : Redact.beforeCut(text.substring(0, PART)) + "…";
  }
}
