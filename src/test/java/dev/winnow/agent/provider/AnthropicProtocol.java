package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.agent.ChatModel;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** Anthropic's Messages API, in the shape that was recorded from real programs. */
public final class AnthropicProtocol implements Protocol {

  private static final String MODEL = "claude-opus-5-5";

  @Override
  public ChatModel model(SdkModels models, URI server, String apiKey) {
    return models.anthropic(
        MODEL,
        new ProviderAccount(apiKey, Optional.of(server), Optional.empty()),
        OptionalDouble.empty());
  }

  @Override
  public String stream(Answer answer) {
    StringBuilder stream = new StringBuilder(beginning());
    List<JsonNode> blocks = opaque(answer);
    int next = 0;
    for (int i = 0; i < blocks.size(); i++) {
      JsonNode block = blocks.get(i);
      ObjectNode start = block.deepCopy();
      List<String> deltas = new ArrayList<>();
      switch (block.path("type").asText()) {
        case "text" -> {
          start.put("text", "");
          pieces(block.path("text").asText())
              .forEach(
                  part -> deltas.add("{\"type\": \"text_delta\", \"text\": %s}".formatted(part)));
        }
        case "thinking" -> {
          start.put("thinking", "").put("signature", "");
          pieces(block.path("thinking").asText())
              .forEach(part ->
                  deltas.add("{\"type\": \"thinking_delta\", \"thinking\": %s}".formatted(part)));
          deltas.add(
              "{\"type\": \"signature_delta\", \"signature\": %s}"
                  .formatted(block.path("signature")));
        }
        case "tool_use" -> {
          start.putObject("input");
          pieces(answer.calls().get(next++).arguments())
              .forEach(part ->
                  deltas.add(
                      "{\"type\": \"input_json_delta\", \"partial_json\": %s}".formatted(part)));
        }
        default -> {
          // redacted thinking comes whole
        }
      }
      stream.append(
          event("content_block_start", "\"index\": %d, \"content_block\": %s".formatted(i, start)));
      for (String delta : deltas) {
        stream.append(
            event("content_block_delta", "\"index\": %d, \"delta\": %s".formatted(i, delta)));
      }
      stream.append(event("content_block_stop", "\"index\": " + i));
    }
    String reason =
        switch (answer.stop()) {
          case USUAL -> answer.calls().isEmpty() ? "end_turn" : "tool_use";
          case OUTPUT_LIMIT -> "max_tokens";
          case REFUSAL -> "refusal";
        };
    return stream
        + event(
            "message_delta",
            """
            "delta": {"stop_reason": "%s", "stop_sequence": null}, "usage": {"input_tokens": 1000, \
            "cache_creation_input_tokens": 30, "cache_read_input_tokens": 200, "output_tokens": 50, \
            "output_tokens_details": {"thinking_tokens": 10}}\
            """
                .formatted(reason))
        + event("message_stop", "\"x\": 0");
  }

  private static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    for (int from = 0; from < text.length(); from += 4) {
      pieces.add(Json.write(text.substring(from, Math.min(from + 4, text.length()))));
    }
    return pieces;
  }

  private static String event(String type, String fields) {
    return "event: %s\ndata: {\"type\": \"%s\", %s}\n\n".formatted(type, type, fields);
  }

  @Override
  public String beginning() {
    return event(
            "message_start",
            """
            "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "%s", \
            "content": [], "stop_reason": null, "usage": {"input_tokens": 1000, \
            "cache_creation_input_tokens": 30, "cache_read_input_tokens": 200, "output_tokens": 1}}\
            """
                .formatted(MODEL))
        + event("ping", "\"x\": 0");
  }

  @Override
  public String piece(String text) {
    return event(
        "content_block_delta",
        "\"index\": 0, \"delta\": {\"type\": \"text_delta\", \"text\": %s}"
            .formatted(Json.write(text)));
  }

  @Override
  public String error(int status, String message) {
    String type =
        switch (status) {
          case 401 -> "authentication_error";
          case 403 -> "permission_error";
          case 404 -> "not_found_error";
          case 429 -> "rate_limit_error";
          case 529 -> "overloaded_error";
          case 400 -> "invalid_request_error";
          default -> "api_error";
        };
    return "{\"type\": \"error\", \"error\": {\"type\": \"%s\", \"message\": %s}, \"request_id\": \"r\"}"
        .formatted(type, Json.write(message));
  }

  @Override
  public String overloadedInStream() {
    return event(
        "error", "\"error\": {\"type\": \"overloaded_error\", \"message\": \"Overloaded\"}");
  }

  @Override
  public void overflow(ProtocolServer.Reply reply) throws IOException {
    reply.whole(
        400,
        Map.of("content-type", "application/json"),
        error(400, "prompt is too long: 1200345 tokens > 1000000 maximum"));
  }

  @Override
  public List<JsonNode> sentBack(JsonNode request) {
    List<JsonNode> blocks = new ArrayList<>();
    for (JsonNode message : request.path("messages")) {
      if (message.path("role").asText().equals("assistant")) {
        message.path("content").forEach(blocks::add);
      }
    }
    return blocks;
  }

  @Override
  public List<JsonNode> opaque(Answer answer) {
    List<JsonNode> blocks = new ArrayList<>();
    if (answer.reasoning()) {
      blocks.add(
          Json.read(
              """
              {"type": "thinking", "thinking": "Let me see.\\n", "signature": "EqoB+/=="}\
              """,
              JsonNode.class));
      blocks.add(
          Json.read("{\"type\": \"redacted_thinking\", \"data\": \"xyz==\"}", JsonNode.class));
    }
    if (!answer.text().isEmpty()) {
      blocks.add(Json.mapper().createObjectNode().put("type", "text").put("text", answer.text()));
    }
    for (Call call : answer.calls()) {
      ObjectNode block = Json.mapper().createObjectNode();
      block.put("type", "tool_use").put("id", call.id()).put("name", call.tool());
      JsonNode read = ReadArguments.of(call.arguments());
      block.set(
          "input",
          read.isObject()
              ? read
              : Json.mapper().createObjectNode().put("invalid_json", call.arguments()));
      blocks.add(block);
    }
    return blocks;
  }

  @Override
  public String fault(JsonNode request) {
    List<JsonNode> thinking = opaque(new Answer("", List.of(), true, Stop.USUAL));
    Set<String> open = new HashSet<>();
    String last = "assistant";
    int marks = request.path("system").findValues("cache_control").size();
    JsonNode newest = null;
    for (JsonNode message : request.path("messages")) {
      String role = message.path("role").asText();
      if (role.equals(last)) {
        return "roles must alternate";
      }
      last = role;
      boolean text = false;
      for (JsonNode block : message.path("content")) {
        marks += block.has("cache_control") ? 1 : 0;
        switch (block.path("type").asText()) {
          case "text" -> {
            text = true;
            if (block.path("text").asText().isBlank()) {
              return "text content blocks must contain non-whitespace text";
            }
          }
          case "tool_use" -> open.add(block.path("id").asText());
          case "tool_result" -> {
            if (text || !open.remove(block.path("tool_use_id").asText())) {
              return "unexpected tool_use_id, or a result behind text";
            }
          }
          case "thinking", "redacted_thinking" -> {
            if (!thinking.contains(block)) {
              return "thinking blocks in an assistant message cannot be modified";
            }
          }
          default -> {
            return "unknown block " + block;
          }
        }
      }
      if (role.equals("user") && !open.isEmpty()) {
        return "tool_use ids were found without tool_result blocks: " + open;
      }
      newest = role.equals("assistant") ? message : text ? null : newest;
    }
    if (newest != null && !newest.at("/content/0/type").asText().equals("thinking")) {
      return "expected thinking, when a final assistant message has tool_use";
    }
    return marks > 4 ? "at most 4 blocks with cache_control" : "";
  }

  @Override
  public Map<String, String> results(JsonNode request) {
    Map<String, String> results = new TreeMap<>();
    for (JsonNode message : request.path("messages")) {
      for (JsonNode block : message.path("content")) {
        if (block.path("type").asText().equals("tool_result")) {
          results.put(block.path("tool_use_id").asText(), block.path("content").asText());
        }
      }
    }
    return results;
  }

  @Override
  public Place place(JsonNode request) {
    int prompts = 0;
    int turns = 0;
    for (JsonNode message : request.path("messages")) {
      if (message.path("role").asText().equals("assistant")) {
        turns++;
      }
      for (JsonNode block : message.path("content")) {
        if (message.path("role").asText().equals("user")
            && block.path("type").asText().equals("text")) {
          prompts++;
          turns = 0;
        }
      }
    }
    return new Place(prompts, turns);
  }
}
