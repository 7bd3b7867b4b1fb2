package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** A model whose replies a test gives, and that keeps the requests it saw. */
final class TestModel implements ChatModel {

  final List<ModelRequest> requests = new ArrayList<>();
  private final BiFunction<ModelRequest, Cancellation, ModelReply> replies;

  TestModel(BiFunction<ModelRequest, Cancellation, ModelReply> replies) {
    this.replies = replies;
  }

  /** Gives these replies one after the other, and says "done" when there are no more. */
  static TestModel of(ModelReply... replies) {
    List<ModelReply> left = new ArrayList<>(List.of(replies));
    return new TestModel((_, _) -> left.isEmpty() ? says("done") : left.removeFirst());
  }

  static ModelReply says(String text) {
    return new ModelReply(
        new Message.Assistant(text, List.of(), List.of()),
        new Usage(10, 1, 0, 0),
        ModelReply.StopReason.END);
  }

  static ModelReply calls(ToolCall... calls) {
    return new ModelReply(
        new Message.Assistant("", List.of(calls), List.of()),
        new Usage(10, 1, 0, 0),
        ModelReply.StopReason.TOOL_CALLS);
  }

  static ToolCall call(String id, String tool, String arguments) {
    return new ToolCall(id, tool, Json.read(arguments, JsonNode.class));
  }

  @Override
  public String name() {
    return "test-model";
  }

  @Override
  public ModelReply reply(
      ModelRequest request, Consumer<ModelDelta> deltas, Cancellation cancellation) {
    requests.add(request);
    return replies.apply(request, cancellation);
  }
}
