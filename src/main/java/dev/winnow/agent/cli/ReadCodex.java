package dev.winnow.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads the lines of {@code codex exec --json}. */
final class ReadCodex implements ReadEvents {

  @Override
  public List<CliEvent> read(JsonNode line) {
    JsonNode item = line.path("item");
    return switch (line.path("type").asText()) {
      case "thread.started" -> List.of(new CliEvent.Started(line.path("thread_id").asText()));
      case "item.started" -> started(item);
      case "item.completed" -> completed(item);
      // "Reconnecting... 1/3" and what turn.failed says again: not the end
      case "error" -> List.of(new CliEvent.Trouble(line.path("message").asText()));
      case "turn.completed" ->
          List.of(new CliEvent.Completed(usage(line.path("usage")), OptionalLong.empty(), "", 0));
      case "turn.failed" ->
          List.of(
              new CliEvent.Failed(
                  line.path("error").path("message").asText(),
                  OptionalInt.empty(),
                  usage(line.path("usage")),
                  OptionalLong.empty()));
      default -> List.of();
    };
  }

  private static List<CliEvent> started(JsonNode item) {
    String id = item.path("id").asText();
    return switch (item.path("type").asText()) {
      case "command_execution" ->
          List.of(new CliEvent.Called(id, "command", command(item.path("command").asText())));
      case "mcp_tool_call" ->
          List.of(
              new CliEvent.Called(
                  id, item.path("tool").asText(), ReadEvents.argument(item.path("arguments"))));
      default -> List.of();
    };
  }

  private static List<CliEvent> completed(JsonNode item) {
    String id = item.path("id").asText();
    boolean ok = item.path("status").asText().equals("completed");
    return switch (item.path("type").asText()) {
      case "agent_message" -> List.of(new CliEvent.Said(item.path("text").asText()));
      case "command_execution" ->
          List.of(
              new CliEvent.Returned(
                  id, ok, "exit status " + item.path("exit_code").asText("unknown")));
      case "mcp_tool_call" -> List.of(new CliEvent.Returned(id, ok, item.path("status").asText()));
      case "file_change" -> changes(id, ok, item.path("changes"));
      // the model called something that is not there, or the metadata of a model is not known
      case "error" -> List.of(new CliEvent.Trouble(item.path("message").asText()));
      default -> List.of();
    };
  }

  /** A patch comes as one item; for people each file is a call. */
  private static List<CliEvent> changes(String id, boolean ok, JsonNode changes) {
    List<CliEvent> events = new ArrayList<>();
    for (JsonNode change : changes) {
      String call = id + "-" + events.size() / 2;
      events.add(new CliEvent.Called(call, "edit", change.path("path").asText()));
      events.add(new CliEvent.Returned(call, ok, change.path("kind").asText()));
      if (events.size() >= 200) {
        break;
      }
    }
    return events;
  }

  /** Without the shell that runs it. */
  private static String command(String text) {
    String prefix = "/bin/bash -lc ";
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  private static Usage usage(JsonNode usage) {
    return new Usage(
        Usage.count(usage.path("input_tokens")),
        Usage.count(usage.path("output_tokens")),
        Usage.count(usage.path("cached_input_tokens")),
        Usage.count(usage.path("reasoning_output_tokens")),
        Usage.count(usage.path("cache_write_input_tokens")));
  }
}
