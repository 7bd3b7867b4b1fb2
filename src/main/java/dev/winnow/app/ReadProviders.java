package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.Provider;
import dev.winnow.agent.provider.ProviderLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the keys {@code providers} and {@code context-windows} of the operator's file; what is
 * wrong goes onto the list of errors.
 */
final class ReadProviders {

  /** The name under which agents behind an address have their limits. */
  static final String HTTP = "http";

  private static final String KNOWN =
      "attempts, calls, calls-per-minute, connect, first-byte, silence, time";

  /** The largest of all models that are known takes a tenth of it. */
  private static final int MOST_TOKENS = 10_000_000;

  private final SettingsFile file;
  private final List<String> errors;
  private final Map<String, String> sources;

  ReadProviders(SettingsFile file, List<String> errors, Map<String, String> sources) {
    this.file = file;
    this.errors = errors;
    this.sources = sources;
  }

  /** Limits by the provider's name, {@link #HTTP} included; only of those that are written. */
  Map<String, ProviderLimits> limits(JsonNode node) {
    Map<String, ProviderLimits> read = new LinkedHashMap<>();
    if (!node.isObject()) {
      errors.add(file.where("providers") + ": expected providers and their limits");
      return read;
    }
    List<String> names = names();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String where = file.where("providers", entry.getKey());
      if (!names.contains(entry.getKey())) {
        errors.add(where + ": expected " + String.join(", ", names));
      } else if (!entry.getValue().isObject()) {
        errors.add(where + ": expected limits such as {calls: 8, calls-per-minute: 60}");
      } else {
        read.put(entry.getKey(), limits(entry.getKey(), entry.getValue()));
      }
    }
    return read;
  }

  private ProviderLimits limits(String provider, JsonNode node) {
    ProviderLimits limits = ProviderLimits.DEFAULT;
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String where = file.where("providers", provider) + "." + entry.getKey();
      JsonNode value = entry.getValue();
      limits =
          switch (entry.getKey()) {
            case "calls" -> limits.withRate(number(value, where, 1_000), limits.perMinute());
            case "calls-per-minute" ->
                limits.withRate(limits.concurrency(), number(value, where, 1_000_000));
            case "attempts" ->
                limits.withRetries(
                    number(value, where, 100), limits.firstBackoff(), limits.longestWait());
            case "connect" -> limits.withConnect(duration(value, where));
            case "first-byte" ->
                limits.withTimes(duration(value, where), limits.silence(), limits.total());
            case "silence" ->
                limits.withTimes(limits.firstByte(), duration(value, where), limits.total());
            case "time" ->
                limits.withTimes(limits.firstByte(), limits.silence(), duration(value, where));
            default -> {
              errors.add(where + ": unknown key; known are " + KNOWN);
              yield limits;
            }
          };
      sources.put("providers." + provider + "." + entry.getKey(), where);
    }
    return limits;
  }

  /** Tokens by the model's bare name. */
  Map<String, Long> windows(JsonNode node) {
    Map<String, Long> read = new LinkedHashMap<>();
    if (!node.isObject()) {
      errors.add(file.where("context-windows") + ": expected models and their tokens");
      return read;
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String where = file.where("context-windows", entry.getKey());
      read.put(entry.getKey(), (long) number(entry.getValue(), where, MOST_TOKENS));
    }
    return read;
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>();
    for (Provider provider : Provider.values()) {
      names.add(provider.label());
    }
    names.add(HTTP);
    return names;
  }

  private int number(JsonNode value, String where, int most) {
    if (value.isIntegralNumber() && value.asLong() >= 1 && value.asLong() <= most) {
      return value.asInt();
    }
    errors.add(where + ": expected a number from 1 to " + most);
    return 1;
  }

  private Duration duration(JsonNode value, String where) {
    Optional<Duration> duration = Durations.parse(value.asText());
    if (duration.isEmpty()) {
      errors.add(where + ": expected " + Durations.EXPECTED);
    }
    return duration.orElse(Duration.ofSeconds(1));
  }
}
