package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
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

/** OpenAI's Responses API, in the shape that was recorded from real programs. */
public final class OpenAiProtocol implements Protocol {

  private static final String MODEL = "gpt-5.1-codex";

  @Override
  public ChatModel model(SdkModels models, URI server, String apiKey) {
    return models.openAi(
        "openai-responses:" + MODEL,
        new ProviderAccount(
            apiKey, Optional.of(server.resolve("/v1")), Optional.of("org-of-the-tests")),
        OptionalDouble.empty());
  }

  @Override
  public String stream(Answer answer) {
    StringBuilder stream = new StringBuilder(beginning());
    List<JsonNode> items = opaque(answer);
    for (int i = 0; i < items.size(); i++) {
      JsonNode item = items.get(i);
      String at = "\"output_index\": " + i;
      stream.append(event("response.output_item.added", at + ", \"item\": " + started(item)));
      switch (item.path("type").asText()) {
        case "message" -> {
          String text = item.at("/content/0/text").asText(item.at("/content/0/refusal").asText());
          String kind = answer.stop() == Stop.REFUSAL ? "refusal" : "output_text";
          for (int from = 0; from < text.length(); from += 4) {
            String part = text.substring(from, Math.min(from + 4, text.length()));
            stream.append(
                event(
                    "response." + kind + ".delta",
                    at + ", \"content_index\": 0, \"delta\": " + Json.write(part)));
          }
        }
        case "function_call" ->
            stream.append(
                event(
                    "response.function_call_arguments.delta",
                    at + ", \"delta\": " + Json.write(item.path("arguments"))));
        default -> {
          // reasoning is only told when it is done
        }
      }
      if (answer.stop() != Stop.OUTPUT_LIMIT) {
        stream.append(event("response.output_item.done", at + ", \"item\": " + item));
      }
    }
    ObjectNode response = response("completed");
    response.putArray("output").addAll(items);
    response.set("usage", Json.read(USAGE, JsonNode.class));
    if (answer.stop() == Stop.OUTPUT_LIMIT) {
      response.put("status", "incomplete");
      response.putObject("incomplete_details").put("reason", "max_output_tokens");
      return stream + event("response.incomplete", "\"response\": " + response);
    }
    return stream + event("response.completed", "\"response\": " + response);
  }

  private static final String USAGE =
      """
      {"input_tokens": 1000, "input_tokens_details": {"cached_tokens": 200},
       "output_tokens": 50, "output_tokens_details": {"reasoning_tokens": 10},
       "total_tokens": 1050}\
      """;

  private static JsonNode started(JsonNode item) {
    ObjectNode started = item.deepCopy();
    started.put("status", "in_progress");
    if (started.has("arguments")) {
      started.put("arguments", "");
    }
    if (started.has("content")) {
      started.putArray("content");
    }
    return started;
  }

  private static ObjectNode response(String status) {
    return Json.mapper()
        .createObjectNode()
        .put("id", "resp_1")
        .put("object", "response")
        .put("status", status)
        .put("model", MODEL);
  }

  private static String event(String type, String fields) {
    return "event: %s\ndata: {%s, \"type\": \"%s\"}\n\n"
        .formatted(type, fields.replace("\n", " "), type);
  }

  @Override
  public String beginning() {
    return event("response.created", "\"response\": " + response("in_progress"));
  }

  @Override
  public String piece(String text) {
    return event(
        "response.output_text.delta", "\"output_index\": 0, \"delta\": " + Json.write(text));
  }

  @Override
  public String error(int status, String message) {
    String type =
        switch (status) {
          case 401 -> "invalid_api_key";
          case 429 -> "rate_limit_exceeded";
          case 400 -> "invalid_request_error";
          default -> "server_error";
        };
    return "{\"error\": {\"message\": %s, \"type\": \"%s\", \"param\": null, \"code\": null}}"
        .formatted(Json.write(message), type);
  }

  @Override
  public String overloadedInStream() {
    ObjectNode response = response("failed");
    response.putObject("error").put("code", "server_is_overloaded").put("message", "Overloaded");
    response.putObject("usage").put("input_tokens", 1230).put("output_tokens", 1);
    return event("response.failed", "\"response\": " + response);
  }

  @Override
  public void overflow(ProtocolServer.Reply reply) throws IOException {
    ObjectNode response = response("failed");
    response
        .putObject("error")
        .put("code", "context_length_exceeded")
        .put("message", "Your input exceeds the context window.");
    reply.stream(beginning() + event("response.failed", "\"response\": " + response));
  }

  @Override
  public List<JsonNode> sentBack(JsonNode request) {
    List<JsonNode> items = new ArrayList<>();
    for (JsonNode item : request.path("input")) {
      boolean own =
          item.path("role").asText("assistant").equals("assistant")
              && !item.path("type").asText().equals("function_call_output");
      if (own) {
        items.add(item);
      }
    }
    return items;
  }

  @Override
  public List<JsonNode> opaque(Answer answer) {
    ArrayNode items = Json.mapper().createArrayNode();
    if (answer.reasoning()) {
      items.add(
          Json.read(
              """
              {"id": "rs_1", "type": "reasoning", "content": null, "unknown": {"z": 1, "a": [2.5, null]},
               "summary": [{"type": "summary_text", "text": "**Looking**"}],
               "encrypted_content": "gAAAAABo+/=="}\
              """,
              JsonNode.class));
    }
    if (!answer.text().isEmpty()) {
      ObjectNode message = items.addObject().put("type", "message").put("id", "msg_1");
      message.put("role", "assistant").put("status", "completed");
      ObjectNode part = message.putArray("content").addObject();
      if (answer.stop() == Stop.REFUSAL) {
        part.put("type", "refusal").put("refusal", answer.text());
      } else {
        part.put("type", "output_text").put("text", answer.text()).putArray("annotations");
      }
    }
    for (Call call : answer.calls()) {
      items
          .addObject()
          .put("type", "function_call")
          .put("id", "fc_" + call.id())
          .put("call_id", call.id())
          .put("name", call.tool())
          .put("arguments", call.arguments())
          .put("status", "completed");
    }
    List<JsonNode> list = new ArrayList<>();
    items.forEach(list::add);
    return list;
  }

  @Override
  public String fault(JsonNode request) {
    JsonNode reasoning = opaque(new Answer("", List.of(), true, Stop.USUAL)).getFirst();
    Set<String> open = new HashSet<>();
    Set<String> all = new HashSet<>();
    boolean reasoned = false;
    boolean needed = false;
    for (JsonNode item : request.path("input")) {
      String type = item.path("type").asText();
      String id = item.path("call_id").asText();
      boolean user = item.path("role").asText().equals("user");
      if (reasoned && (user || !Set.of("message", "function_call").contains(type))) {
        return "reasoning was provided without its required following item";
      }
      if (type.equals("reasoning") && !item.equals(reasoning)) {
        return "the encrypted content could not be verified";
      }
      if (user && !open.isEmpty()) {
        return "no tool output found for function call " + open;
      }
      if (type.equals("function_call") && !(all.add(id) && open.add(id))) {
        return "duplicate call " + id;
      }
      if (type.equals("function_call") && item.has("id") && !needed) {
        return id + " was provided without its required reasoning item";
      }
      if (type.equals("function_call_output") && !open.remove(id)) {
        return "no tool call found for output " + id;
      }
      reasoned = type.equals("reasoning");
      needed = reasoned || (needed && !user && !type.equals("function_call_output"));
    }
    return open.isEmpty() ? "" : "no tool output found for function call " + open;
  }

  @Override
  public Map<String, String> results(JsonNode request) {
    Map<String, String> results = new TreeMap<>();
    for (JsonNode item : request.path("input")) {
      if (item.path("type").asText().equals("function_call_output")) {
        results.put(item.path("call_id").asText(), item.path("output").asText());
      }
    }
    return results;
  }

  @Override
  public Place place(JsonNode request) {
    int prompts = 0;
    int turns = 0;
    boolean answering = false;
    for (JsonNode item : request.path("input")) {
      boolean user = item.path("role").asText().equals("user");
      boolean result = item.path("type").asText().equals("function_call_output");
      prompts += user ? 1 : 0;
      turns = user ? 0 : turns + (!result && !answering ? 1 : 0);
      answering = !user && !result;
    }
    return new Place(prompts, turns);
  }
}
