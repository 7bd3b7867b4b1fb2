package dev.winnow.agent.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.agent.Message;
import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelRequest;
import dev.winnow.agent.ToolCall;
import dev.winnow.agent.Usage;
import dev.winnow.agent.provider.ProviderFailure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Reads the reply of an HTTP agent: content, wishes for the workspace, usage and metadata. */
final class ReadHttpReply {

  private static final String ENDS = "endsWhenDone";
  private static final int MOST_CALLS = 500;

  private final ModelRequest request;
  private final Consumer<ModelDelta> deltas;
  private final CostOf cost;

  /**
   * @param cost of a reply that does not tell it
   */
  ReadHttpReply(ModelRequest request, Consumer<ModelDelta> deltas, CostOf cost) {
    this.request = request;
    this.deltas = deltas;
    this.cost = cost;
  }

  /** Whether the agent's turn is over as soon as its calls are done. */
  static boolean endsWhenDone(Message.Assistant reply) {
    return reply.opaque().stream().anyMatch(item -> item.path(ENDS).asBoolean());
  }

  ModelReply json(byte[] body) {
    try {
      JsonNode reply = Json.mapper().readTree(body);
      if (reply == null || !reply.isObject()) {
        throw malformed("it is no JSON object");
      }
      ModelReply read = reply(reply, "");
      if (!read.message().text().isEmpty()) {
        deltas.accept(new ModelDelta.Text(read.message().text()));
      }
      return read;
    } catch (JsonProcessingException e) {
      throw malformed("it is not valid JSON");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads up to the event {@code result}; without it the answer was cut.
   *
   * @param size of what is said in pieces
   * @param finish called after it
   */
  ModelReply events(EventStream events, AnswerSize size, Runnable finish) {
    StringBuilder said = new StringBuilder();
    for (EventStream.Event event = events.next(); event != null; event = events.next()) {
      switch (event.type()) {
        case "delta" -> {
          String text = event.data().path("text").asText("");
          size.add(text);
          said.append(text);
          deltas.accept(new ModelDelta.Text(text));
        }
        case "result" -> {
          finish.run();
          return reply(event.data(), said.toString());
        }
        case "error" -> throw ClassifyFailure.event(event.data().path("error"), "");
        default -> {} // newer than this version, or a sign of life
      }
    }
    throw new ProviderFailure(Kind.CUT, "the answer was cut before its end");
  }

  private ModelReply reply(JsonNode reply, String streamed) {
    String content = text(reply, "content");
    String refusal = text(reply, "refusal");
    List<ToolCall> calls = new ArrayList<>();
    boolean changes = false;
    // where Winnow offers no tools there is no workspace: an answer, a verdict
    if (!request.tools().isEmpty()) {
      changes = files(reply.path("files"), calls);
      changes |= diff(reply.path("diff"), calls);
      changes &= !wishes(reply.path("calls"), calls);
    }
    if (calls.size() > MOST_CALLS) {
      throw malformed("it wants more than %d things done".formatted(MOST_CALLS));
    }
    ObjectNode kept = Json.mapper().createObjectNode();
    kept.put(ENDS, changes);
    kept.set("metadata", reply.path("metadata").isObject() ? reply.path("metadata") : null);
    String said = content.isEmpty() ? streamed : content;
    return new ModelReply(
        new Message.Assistant(refusal.isEmpty() ? said : refusal, calls, List.of(kept)),
        usage(reply.path("usage")),
        !refusal.isEmpty()
            ? ModelReply.StopReason.REFUSED
            : calls.isEmpty() ? ModelReply.StopReason.END : ModelReply.StopReason.TOOL_CALLS,
        text(reply, "model"),
        cost(reply.path("usage"), text(reply, "model")));
  }

  private static String text(JsonNode reply, String field) {
    JsonNode node = reply.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return "";
    }
    if (!node.isTextual()) {
      throw malformed(field + " must be a text");
    }
    return node.asText();
  }

  private boolean files(JsonNode files, List<ToolCall> calls) {
    for (JsonNode file : list(files, "files")) {
      ObjectNode arguments = Json.mapper().createObjectNode();
      arguments.put("path", required(file, "files", "path"));
      arguments.put("content", required(file, "files", "content"));
      add(calls, "fs_write_file", arguments);
    }
    return !files.isEmpty();
  }

  private boolean diff(JsonNode diff, List<ToolCall> calls) {
    if (diff.isMissingNode() || diff.isNull()) {
      return false;
    }
    if (!diff.isTextual()) {
      throw malformed("diff must be a text");
    }
    for (ReadDiff.Change change : ReadDiff.read(diff.asText())) {
      add(calls, change.tool(), change.arguments());
    }
    return true;
  }

  private boolean wishes(JsonNode wishes, List<ToolCall> calls) {
    for (JsonNode wish : list(wishes, "calls")) {
      JsonNode arguments = wish.path("arguments");
      if (!arguments.isObject()) {
        throw malformed("the arguments of a call must be an object");
      }
      add(calls, required(wish, "calls", "tool"), (ObjectNode) arguments);
    }
    return !wishes.isEmpty();
  }

  /** The id must be new in the conversation, whatever the endpoint thinks of ids. */
  private void add(List<ToolCall> calls, String tool, ObjectNode arguments) {
    String id = "http-%d-%d".formatted(request.messages().size(), calls.size() + 1);
    calls.add(new ToolCall(id, tool, arguments));
    deltas.accept(new ModelDelta.ToolCallPart(id, tool, Json.write(arguments)));
  }

  private static Iterable<JsonNode> list(JsonNode node, String field) {
    if (!node.isArray() && !node.isMissingNode() && !node.isNull()) {
      throw malformed(field + " must be a list");
    }
    return node;
  }

  private static String required(JsonNode node, String list, String field) {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw malformed("an entry of %s needs the text %s".formatted(list, field));
    }
    return value.asText();
  }

  private static Usage usage(JsonNode usage) {
    return new Usage(
        Usage.count(usage.path("inputTokens")),
        Usage.count(usage.path("outputTokens")),
        Usage.count(usage.path("cachedInputTokens")),
        Usage.count(usage.path("reasoningTokens")));
  }

  private OptionalLong cost(JsonNode usage, String model) {
    JsonNode usd = usage.path("costUsd");
    if (usd.isNumber() && usd.asDouble() >= 0 && usd.asDouble() < 1_000_000) {
      return OptionalLong.of((long) Math.ceil(usd.asDouble() * 1_000_000 - 1e-6));
    }
    return usage.has("outputTokens") ? cost.of(model, usage(usage)) : OptionalLong.empty();
  }

  private static ProviderFailure malformed(String why) {
    return new ProviderFailure(
        Kind.BAD_REQUEST, "the agent's reply cannot be read: " + why + " (see docs/agents.md)");
  }
}
