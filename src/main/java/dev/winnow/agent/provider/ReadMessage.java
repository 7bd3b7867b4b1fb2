package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelReply.StopReason;
import dev.winnow.agent.ToolCall;
import dev.winnow.agent.Usage;
import dev.winnow.agent.provider.ProviderFailure.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What the events of Anthropic's Messages API mean. */
final class ReadMessage implements ReadAnswer.Protocol {

  private final Consumer<ModelDelta> deltas;
  private final String apiKey;
  private final CostOf cost;
  private final AnswerSize size;
  private final TreeMap<Integer, ObjectNode> blocks = new TreeMap<>();

  /** What grows of a block, by index and field: its text, thinking, signature or input. */
  private final Map<String, StringBuilder> growing = new HashMap<>();

  private final ObjectNode usage = Json.mapper().createObjectNode();
  private String model = "";
  private String stop = "";

  ReadMessage(Consumer<ModelDelta> deltas, String apiKey, CostOf cost, ProviderLimits limits) {
    this.deltas = deltas;
    this.apiKey = apiKey;
    this.cost = cost;
    this.size = new AnswerSize(limits);
  }

  @Override
  public boolean accept(EventStream.Event event) {
    JsonNode data = event.data();
    switch (event.type()) {
      case "message_start" -> {
        model = data.path("message").path("model").asText("");
        merge(data.path("message").path("usage"));
      }
      case "content_block_start" -> {
        if (data.path("content_block") instanceof ObjectNode block) {
          size.addItem(block.toString());
          blocks.put(data.path("index").asInt(), block);
        }
      }
      case "content_block_delta" -> delta(data.path("index").asInt(), data.path("delta"));
      case "message_delta" -> {
        stop = data.path("delta").path("stop_reason").asText("");
        merge(data.path("usage"));
      }
      case "message_stop" -> {
        return true;
      }
      case "error" -> throw ClassifyFailure.event(data.path("error"), apiKey);
      default -> {
        // ping, content_block_stop, and what may come in the future
      }
    }
    return false;
  }

  /** Later counts are of the whole message; what they leave out stays. */
  private void merge(JsonNode counts) {
    counts
        .properties()
        .forEach(count -> {
          if (!count.getValue().isNull()) {
            usage.set(count.getKey(), count.getValue());
          }
        });
  }

  private void delta(int index, JsonNode delta) {
    switch (delta.path("type").asText("")) {
      case "text_delta" -> {
        String text = grow(index, "text", delta.path("text"));
        deltas.accept(new ModelDelta.Text(text));
      }
      case "input_json_delta" -> {
        String json = grow(index, "input", delta.path("partial_json"));
        JsonNode block = blocks.get(index);
        if (block != null) {
          deltas.accept(
              new ModelDelta.ToolCallPart(
                  block.path("id").asText(""), block.path("name").asText(""), json));
        }
      }
      case "thinking_delta" -> grow(index, "thinking", delta.path("thinking"));
      case "signature_delta" -> grow(index, "signature", delta.path("signature"));
      case "citations_delta" -> {
        ObjectNode block = blocks.get(index);
        if (block != null) {
          size.add(delta.toString());
          block.withArrayProperty("citations").add(delta.path("citation"));
        }
      }
      default -> {
        // unknown kinds of progress
      }
    }
  }

  private String grow(int index, String field, JsonNode part) {
    String text = part.asText("");
    size.add(text);
    if (!blocks.containsKey(index)) {
      return text; // of no block that has begun: nothing keeps it
    }
    growing.computeIfAbsent(index + "/" + field, _ -> new StringBuilder()).append(text);
    return text;
  }

  @Override
  public ModelReply reply() {
    if (stop.isEmpty()) {
      throw new ProviderFailure(Kind.CUT, "the answer ended without saying why");
    }
    if (stop.equals("model_context_window_exceeded")) {
      throw new ProviderFailure(
          Kind.CONTEXT_OVERFLOW, "the conversation is larger than the model's context");
    }
    StringBuilder text = new StringBuilder();
    List<ToolCall> calls = new ArrayList<>();
    List<JsonNode> content = new ArrayList<>();
    blocks.forEach((index, block) -> {
      for (String field : List.of("text", "thinking", "signature")) {
        StringBuilder grown = growing.get(index + "/" + field);
        if (grown != null) {
          block.put(field, block.path(field).asText("") + grown);
        }
      }
      switch (block.path("type").asText("")) {
        case "text" -> text.append(block.path("text").asText(""));
        case "tool_use" -> calls.add(call(index, block));
        default -> {
          // thinking goes back as it came
        }
      }
      content.add(block);
    });
    Usage used = used();
    return new ModelReply(
        new Message.Assistant(text.toString(), calls, content),
        used,
        reason(calls),
        model,
        usage.has("output_tokens") ? cost.of(model, used) : OptionalLong.empty());
  }

  private ToolCall call(int index, ObjectNode block) {
    StringBuilder json = growing.get(index + "/input");
    JsonNode arguments = json == null ? block.path("input") : ReadArguments.of(json.toString());
    block.set("input", BuildMessages.input(arguments));
    return new ToolCall(block.path("id").asText(""), block.path("name").asText(""), arguments);
  }

  private StopReason reason(List<ToolCall> calls) {
    return switch (stop) {
      case "max_tokens" -> StopReason.MAX_TOKENS;
      case "refusal" -> StopReason.REFUSED;
      default -> calls.isEmpty() ? StopReason.END : StopReason.TOOL_CALLS;
    };
  }

  @Override
  public void tellWaste() {
    if (usage.has("input_tokens")) {
      deltas.accept(new ModelDelta.Wasted(used(), cost.of(model, used())));
    }
  }

  /** Anthropic counts what the cache read and wrote beside the input; here they are parts of it. */
  private Usage used() {
    long read = Usage.count(usage.path("cache_read_input_tokens"));
    long written = Usage.count(usage.path("cache_creation_input_tokens"));
    return new Usage(
        Usage.count(usage.path("input_tokens")) + read + written,
        Usage.count(usage.path("output_tokens")),
        read,
        Usage.count(usage.path("output_tokens_details").path("thinking_tokens")),
        written);
  }
}
