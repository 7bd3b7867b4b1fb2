package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.app.Settings.LimitSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the key {@code limits}; what is wrong is added to the errors. */
final class ReadLimits {

  private static final String KNOWN =
      "all-runs, command-time, parallelism, provider-runs, runs, test-time";

  private final SettingsFile file;
  private final List<String> errors;
  private final Map<String, String> sources;

  ReadLimits(SettingsFile file, List<String> errors, Map<String, String> sources) {
    this.file = file;
    this.errors = errors;
    this.sources = sources;
  }

  /** The limits so far with what this file changes. */
  LimitSettings read(JsonNode node, LimitSettings before) {
    if (!node.isObject()) {
      errors.add(file.where("limits") + ": expected keys and values");
      return before;
    }
    int parallelism = before.parallelism();
    Duration test = before.testTime();
    Duration command = before.commandTime();
    QueueLimits queue = before.queue();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = entry.getKey();
      String where = file.where("limits", key);
      String value = entry.getValue().asText();
      switch (key) {
        case "parallelism" -> parallelism = number(value, where).orElse(parallelism);
        case "test-time" -> test = duration(value, where).orElse(test);
        case "command-time" -> command = duration(value, where).orElse(command);
        case "runs" ->
            queue =
                new QueueLimits(
                    number(value, where).orElse(queue.runs()),
                    queue.allRuns(),
                    queue.perProvider());
        case "all-runs" ->
            queue =
                new QueueLimits(
                    queue.runs(),
                    number(value, where).stream().boxed().findFirst(),
                    queue.perProvider());
        case "provider-runs" ->
            queue =
                new QueueLimits(queue.runs(), queue.allRuns(), providers(entry.getValue(), where));
        default -> errors.add(where + ": unknown key; known are " + KNOWN);
      }
      sources.put("limits." + key, where);
    }
    return new LimitSettings(parallelism, test, command, queue);
  }

  private Map<String, Integer> providers(JsonNode node, String where) {
    Map<String, Integer> limits = new HashMap<>();
    if (!node.isObject()) {
      errors.add(where + ": expected providers and numbers, such as {openai: 4}");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (entry.getKey().equals("openai") || entry.getKey().equals("anthropic")) {
        number(entry.getValue().asText(), where)
            .ifPresent(limit -> limits.put(entry.getKey(), limit));
      } else {
        errors.add(where + ": expected openai or anthropic");
      }
    }
    return limits;
  }

  private OptionalInt number(String value, String where) {
    if (value.matches("\\d{1,3}") && Integer.parseInt(value) > 0) {
      return OptionalInt.of(Integer.parseInt(value));
    }
    errors.add(where + ": expected a number from 1 to 999");
    return OptionalInt.empty();
  }

  private Optional<Duration> duration(String value, String where) {
    Optional<Duration> duration = Durations.parse(value);
    if (duration.isEmpty()) {
      errors.add(where + ": expected " + Durations.EXPECTED);
    }
    return duration;
  }
}
