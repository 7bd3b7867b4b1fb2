package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.run.Retention;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the operator decided about people and about old data.
 *
 * @param approve whether every accepted change waits for a person
 * @param answerWithin how long a run waits for a person; empty for ever
 */
record KeepSettings(boolean approve, Optional<Duration> answerWithin, Retention retention) {

  static final KeepSettings USUAL = new KeepSettings(false, Optional.empty(), Retention.USUAL);

  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})\\s*(MiB|GiB|TiB)");

  /** Reads the keys {@code approval} and {@code retention} of one file. */
  static final class Read {
    private final SettingsFile file;
    private final List<String> errors;
    private final Map<String, String> sources;

    Read(SettingsFile file, List<String> errors, Map<String, String> sources) {
      this.file = file;
      this.errors = errors;
      this.sources = sources;
    }

    KeepSettings approval(JsonNode node, KeepSettings before) {
      boolean required = before.approve();
      Optional<Duration> within = before.answerWithin();
      for (Map.Entry<String, JsonNode> entry : entries(node, "approval").entrySet()) {
        String where = file.where("approval", entry.getKey());
        sources.put("approval." + entry.getKey(), where);
        switch (entry.getKey()) {
          case "required" -> {
            if (entry.getValue().isBoolean()) {
              required = entry.getValue().asBoolean();
            } else {
              errors.add(where + ": expected true or false");
            }
          }
          case "expires" ->
              within =
                  entry.getValue().asText().equals("never")
                      ? Optional.empty()
                      : duration(entry.getValue(), where).or(before::answerWithin);
          default -> errors.add(where + ": unknown key; known are expires, required");
        }
      }
      return new KeepSettings(required, within, before.retention());
    }

    KeepSettings retention(JsonNode node, KeepSettings before) {
      Retention old = before.retention();
      Duration events = old.events();
      Duration journals = old.journals();
      Duration caches = old.caches();
      long bytes = old.journalBytes();
      long mirrorBytes = old.mirrorBytes();
      long cacheBytes = old.cacheBytes();
      for (Map.Entry<String, JsonNode> entry : entries(node, "retention").entrySet()) {
        String where = file.where("retention", entry.getKey());
        sources.put("retention." + entry.getKey(), where);
        JsonNode value = entry.getValue();
        switch (entry.getKey()) {
          case "events" -> events = duration(value, where).orElse(events);
          case "journals" -> journals = duration(value, where).orElse(journals);
          case "caches" -> caches = duration(value, where).orElse(caches);
          case "journal-size" -> bytes = size(value, where).orElse(bytes);
          case "mirror-size" -> mirrorBytes = size(value, where).orElse(mirrorBytes);
          case "cache-size" -> cacheBytes = size(value, where).orElse(cacheBytes);
          default ->
              errors.add(
                  where
                      + ": unknown key; known are cache-size, caches, events, journal-size, journals, mirror-size");
        }
      }
      return new KeepSettings(
          before.approve(),
          before.answerWithin(),
          new Retention(events, journals, caches, bytes, mirrorBytes, cacheBytes));
    }

    private Map<String, JsonNode> entries(JsonNode node, String key) {
      if (!node.isObject()) {
        errors.add(file.where(key) + ": expected keys and values");
        return Map.of();
      }
      Map<String, JsonNode> entries = new java.util.LinkedHashMap<>();
      node.properties().forEach(e -> entries.put(e.getKey(), e.getValue()));
      return entries;
    }

    private Optional<Duration> duration(JsonNode value, String where) {
      Optional<Duration> duration = Durations.parse(value.asText());
      if (duration.isEmpty()) {
        errors.add(where + ": expected " + Durations.EXPECTED);
      }
      return duration;
    }

    private Optional<Long> size(JsonNode value, String where) {
      Matcher matcher = SIZE.matcher(value.asText());
      if (!matcher.matches()) {
        errors.add(where + ": expected a size such as 500MiB or 20GiB");
        return Optional.empty();
      }
      int shift =
          switch (matcher.group(2)) {
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 40;
          };
      return Optional.of(Long.parseLong(matcher.group(1)) << shift);
    }
  }

  List<Settings.Shown> shown(Map<String, String> sources) {
    return List.of(
        shown(sources, "approval.required", String.valueOf(approve)),
        shown(sources, "approval.expires", answerWithin.map(Durations::write).orElse("never")),
        shown(sources, "retention.events", Durations.write(retention.events())),
        shown(sources, "retention.journals", Durations.write(retention.journals())),
        shown(sources, "retention.caches", Durations.write(retention.caches())),
        shown(sources, "retention.journal-size", (retention.journalBytes() >> 20) + "MiB"),
        shown(sources, "retention.mirror-size", (retention.mirrorBytes() >> 20) + "MiB"),
        shown(sources, "retention.cache-size", (retention.cacheBytes() >> 20) + "MiB"));
  }

  private static Settings.Shown shown(Map<String, String> sources, String key, String value) {
    return new Settings.Shown(key, value, sources.getOrDefault(key, "default"));
  }
}
