package dev.winnow.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads the lines of {@code claude -p --output-format stream-json --verbose}. */
final class ReadClaude implements ReadEvents {

  @Override
  public List<CliEvent> read(JsonNode line) {
    return switch (line.path("type").asText()) {
      case "system" -> system(line);
      case "assistant" -> assistant(line.path("message"));
      case "user" -> results(line.path("message").path("content"));
      case "result" -> List.of(result(line));
      default -> List.of();
    };
  }

  private static List<CliEvent> system(JsonNode line) {
    return switch (line.path("subtype").asText()) {
      case "init" -> List.of(new CliEvent.Started(line.path("session_id").asText()));
      case "permission_denied" -> List.of(new CliEvent.Denied(line.path("tool_name").asText()));
      case "api_retry" ->
          List.of(
              new CliEvent.Trouble(
                  "the provider is asked again (%s of %s) after %s %s"
                      .formatted(
                          line.path("attempt").asText(),
                          line.path("max_retries").asText(),
                          line.path("error").asText(),
                          line.path("error_status").asText(""))));
      default -> List.of();
    };
  }

  private static List<CliEvent> assistant(JsonNode message) {
    if (message.path("model").asText().equals("<synthetic>")) {
      return List.of(); // an error in the model's voice; the result says it again
    }
    List<CliEvent> events = new ArrayList<>();
    for (JsonNode content : message.path("content")) {
      switch (content.path("type").asText()) {
        case "text" -> events.add(new CliEvent.Said(content.path("text").asText()));
        case "tool_use" ->
            events.add(
                new CliEvent.Called(
                    content.path("id").asText(),
                    content.path("name").asText(),
                    ReadEvents.argument(content.path("input"))));
        default -> {}
      }
    }
    return events;
  }

  private static List<CliEvent> results(JsonNode contents) {
    List<CliEvent> events = new ArrayList<>();
    for (JsonNode content : contents) {
      if (content.path("type").asText().equals("tool_result")) {
        boolean ok = !content.path("is_error").asBoolean();
        JsonNode said = content.path("content");
        String text = said.isTextual() ? said.asText() : said.path(0).path("text").asText();
        events.add(new CliEvent.Returned(content.path("tool_use_id").asText(), ok, text));
      }
    }
    return events;
  }

  /** The subtype is "success" for failed calls as well: only {@code is_error} tells. */
  private static CliEvent result(JsonNode line) {
    JsonNode cost = line.path("total_cost_usd");
    // a double: an exact 1e999999999 would fill the memory
    double dollars = cost.asDouble(-1);
    OptionalLong micros =
        dollars >= 0 && dollars < 1_000_000
            ? OptionalLong.of(Math.round(dollars * 1_000_000))
            : OptionalLong.empty();
    Usage total = usage(line);
    JsonNode error = line.path("is_error");
    if (error.isBoolean() && !error.asBoolean()) {
      int turns = line.path("num_turns").asInt();
      return new CliEvent.Completed(total, micros, line.path("result").asText(), turns);
    }
    JsonNode status = line.path("api_error_status");
    String message = line.path("result").asText();
    if (message.isBlank()) {
      message = line.path("errors").path(0).asText();
    }
    String subtype = line.path("subtype").asText();
    return new CliEvent.Failed(
        message.isBlank() || subtype.startsWith("error_max") ? (subtype + " " + message) : message,
        status.isInt() ? OptionalInt.of(status.asInt()) : OptionalInt.empty(),
        total,
        micros);
  }

  /** {@code modelUsage} is of the whole session, {@code usage} of this prompt only. */
  private static Usage usage(JsonNode line) {
    Usage total = Usage.NONE;
    for (JsonNode model : line.path("modelUsage")) {
      long read = Usage.count(model.path("cacheReadInputTokens"));
      long written = Usage.count(model.path("cacheCreationInputTokens"));
      total =
          total.plus(
              new Usage(
                  Usage.count(model.path("inputTokens")) + read + written,
                  Usage.count(model.path("outputTokens")),
                  read,
                  Usage.count(model.path("thinkingTokens")),
                  written));
    }
    return total;
  }
}
