package dev.winnow.agent.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelReply.StopReason;
import dev.winnow.agent.ToolCall;
import dev.winnow.agent.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the events of OpenAI's Responses API mean. */
final class ReadResponse implements ReadAnswer.Protocol {

  private record Begun(String id, String tool) {}

  private static final Begun NOT_BEGUN = new Begun("", "");

  private final Consumer<ModelDelta> deltas;
  private final String apiKey;
  private final CostOf cost;
  private final AnswerSize size;
  private final AnswerSize whole;
  private final Map<Integer, Begun> calls = new HashMap<>();
  private final TreeMap<Integer, JsonNode> items = new TreeMap<>();
  private @Nullable JsonNode response;

  ReadResponse(Consumer<ModelDelta> deltas, String apiKey, CostOf cost, ProviderLimits limits) {
    this.deltas = deltas;
    this.apiKey = apiKey;
    this.cost = cost;
    this.size = new AnswerSize(limits);
    this.whole = new AnswerSize(limits);
  }

  @Override
  public boolean accept(EventStream.Event event) {
    JsonNode data = event.data();
    switch (event.type()) {
      case "response.output_text.delta", "response.refusal.delta" -> text(data);
      case "response.output_item.added" -> added(index(data), data.path("item"));
      case "response.function_call_arguments.delta" -> arguments(data);
      case "response.output_item.done" -> {
        whole.addItem(data.path("item").toString());
        items.put(index(data), data.path("item"));
      }
      case "response.completed", "response.incomplete" -> {
        response = data.path("response");
        return true;
      }
      case "response.failed" -> {
        response = data.path("response");
        throw ClassifyFailure.event(data.path("response").path("error"), apiKey);
      }
      case "error" ->
          throw ClassifyFailure.event(data.has("error") ? data.path("error") : data, apiKey);
      default -> {
        // progress and parts that the finished items repeat
      }
    }
    return false;
  }

  private static int index(JsonNode data) {
    return data.path("output_index").asInt();
  }

  /** Of an item that has begun only a call's names are of use. */
  private void added(int index, JsonNode item) {
    if (item.path("type").asText("").equals("function_call")) {
      Begun begun = new Begun(item.path("call_id").asText(""), item.path("name").asText(""));
      whole.addItem(begun.id() + begun.tool());
      calls.put(index, begun);
    }
  }

  private void text(JsonNode data) {
    String delta = data.path("delta").asText("");
    size.add(delta);
    deltas.accept(new ModelDelta.Text(delta));
  }

  private void arguments(JsonNode data) {
    String delta = data.path("delta").asText("");
    size.add(delta);
    Begun call = calls.getOrDefault(index(data), NOT_BEGUN);
    deltas.accept(new ModelDelta.ToolCallPart(call.id(), call.tool(), delta));
  }

  @Override
  public ModelReply reply() {
    JsonNode done = response;
    if (done == null) {
      throw new IllegalStateException("there was no terminal event");
    }
    List<JsonNode> output = output(done);
    StringBuilder text = new StringBuilder();
    List<ToolCall> wanted = new ArrayList<>();
    boolean refused = false;
    for (JsonNode item : output) {
      switch (item.path("type").asText("")) {
        case "message" -> {
          for (JsonNode part : item.path("content")) {
            text.append(part.path("text").asText(part.path("refusal").asText("")));
            refused |= part.path("type").asText("").equals("refusal");
          }
        }
        case "function_call" ->
            wanted.add(
                new ToolCall(
                    item.path("call_id").asText(""),
                    item.path("name").asText(""),
                    ReadArguments.of(item.path("arguments").asText(""))));
        default -> {
          // reasoning and other items go back as they are
        }
      }
    }
    Usage usage = usage(done.path("usage"));
    String model = done.path("model").asText("");
    return new ModelReply(
        new Message.Assistant(text.toString(), wanted, output),
        usage,
        refused ? StopReason.REFUSED : stop(done, wanted),
        model,
        done.path("usage").isObject() ? cost.of(model, usage) : OptionalLong.empty());
  }

  /** Only a response that ended tells usage. */
  @Override
  public void tellWaste() {
    JsonNode ended = response;
    if (ended != null && ended.path("usage").isObject()) {
      Usage used = usage(ended.path("usage"));
      deltas.accept(new ModelDelta.Wasted(used, cost.of(ended.path("model").asText(""), used)));
    }
  }

  /** In order; an item that was not finished, at the output limit, is only in the response. */
  private List<JsonNode> output(JsonNode done) {
    List<JsonNode> output = new ArrayList<>(items.values());
    Set<String> ids = new HashSet<>();
    output.forEach(item -> ids.add(item.path("id").asText("")));
    for (JsonNode item : done.path("output")) {
      if (items.isEmpty() || !ids.contains(item.path("id").asText(""))) {
        whole.addItem(item.toString());
        output.add(item);
      }
    }
    return output;
  }

  private static StopReason stop(JsonNode done, List<ToolCall> wanted) {
    return switch (done.path("incomplete_details").path("reason").asText("")) {
      case "max_output_tokens" -> StopReason.MAX_TOKENS;
      case "content_filter" -> StopReason.REFUSED;
      default -> wanted.isEmpty() ? StopReason.END : StopReason.TOOL_CALLS;
    };
  }

  private static Usage usage(JsonNode usage) {
    JsonNode input = usage.path("input_tokens_details");
    return new Usage(
        Usage.count(usage.path("input_tokens")),
        Usage.count(usage.path("output_tokens")),
        Usage.count(input.path("cached_tokens")),
        Usage.count(usage.path("output_tokens_details").path("reasoning_tokens")),
        Usage.count(input.path("cache_write_tokens")));
  }
}
