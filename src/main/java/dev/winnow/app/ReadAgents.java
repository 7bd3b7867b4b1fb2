package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.Agent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the {@code agents} of a settings file; what is wrong goes onto the list of errors. */
final class ReadAgents {

  private static final String NAME = "[A-Za-z][A-Za-z0-9_-]{0,39}";

  private static final Map<Agent.Kind, Set<String>> KEYS =
      Map.of(
          Agent.Kind.SDK, Set.of("kind", "provider", "model", "base-url"),
          Agent.Kind.CLI, Set.of("kind", "driver"),
          Agent.Kind.HTTP, Set.of("kind", "endpoint", "headers"),
          Agent.Kind.SCRIPTED, Set.of("kind", "script"));

  private final SettingsFile file;
  private final List<String> errors;

  ReadAgents(SettingsFile file, List<String> errors) {
    this.file = file;
    this.errors = errors;
  }

  Map<String, AgentSetting> read(JsonNode agents) {
    Map<String, AgentSetting> read = new LinkedHashMap<>();
    if (!agents.isObject()) {
      errors.add(file.where("agents") + ": expected names with their settings");
      return read;
    }
    for (Map.Entry<String, JsonNode> entry : agents.properties()) {
      AgentSetting agent = agent(entry.getKey(), entry.getValue());
      if (agent != null) {
        read.put(entry.getKey(), agent);
      }
    }
    return read;
  }

  private @Nullable AgentSetting agent(String name, JsonNode node) {
    if (!name.matches(NAME)) {
      errors.add(
          file.where("agents", name)
              + ": a name has letters, digits, - and _, at most 40, and starts with a letter");
      return null;
    }
    Agent.Kind kind = kind(name, node);
    if (kind == null) {
      return null;
    }
    Map<String, String> options = options(name, node, kind);
    int before = errors.size();
    Path script = null;
    switch (kind) {
      case SDK -> sdk(name, options);
      case CLI -> oneOf(name, options, "driver", Set.of("codex", "claude"));
      case HTTP -> required(name, options, "endpoint");
      case SCRIPTED -> {
        String path = required(name, options, "script");
        if (path != null) {
          script = file.path().toAbsolutePath().resolveSibling(path).normalize();
        }
      }
    }
    return errors.size() > before ? null : new AgentSetting(name, kind, script, options);
  }

  private Agent.@Nullable Kind kind(String name, JsonNode node) {
    if (!node.isObject()) {
      errors.add(file.where("agents", name) + ": expected {kind: sdk|cli|http|scripted, ...}");
      return null;
    }
    String kind = node.path("kind").asText("");
    for (Agent.Kind known : Agent.Kind.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(kind)) {
        return known;
      }
    }
    errors.add(file.where("agents", name) + ": kind must be sdk, cli, http or scripted");
    return null;
  }

  private Map<String, String> options(String name, JsonNode node, Agent.Kind kind) {
    Map<String, String> options = new LinkedHashMap<>();
    Set<String> known = KEYS.getOrDefault(kind, Set.of());
    for (Map.Entry<String, JsonNode> option : node.properties()) {
      String key = option.getKey();
      if (!known.contains(key)) {
        errors.add(
            file.where("agents", name, key)
                + ": unknown key; known here are "
                + String.join(", ", known.stream().sorted().toList()));
      } else if (option.getValue().isObject() && key.equals("headers")) {
        option
            .getValue()
            .properties()
            .forEach(h -> options.put("headers." + h.getKey(), h.getValue().asText()));
      } else if (!option.getValue().isValueNode() || option.getValue().asText().isBlank()) {
        errors.add(file.where("agents", name, key) + ": expected a value");
      } else if (!key.equals("kind")) {
        options.put(key, option.getValue().asText());
      }
    }
    return options;
  }

  private void sdk(String name, Map<String, String> options) {
    oneOf(name, options, "provider", Set.of("openai", "anthropic"));
    String model = required(name, options, "model");
    if (model == null) {
      return;
    }
    String where = file.where("agents", name, "model");
    if ("openai".equals(options.get("provider"))) {
      if (!model.matches("openai-responses:\\S+")) {
        String bare = model.substring(model.indexOf(':') + 1);
        errors.add(
            where + ": OpenAI models are written openai-responses:" + SafeText.line(bare, 80));
      }
    } else if (!model.matches("(?:anthropic:)?[^\\s:]\\S*")) {
      errors.add(where + ": Anthropic models are written anthropic:<model>, or bare");
    }
  }

  private void oneOf(String name, Map<String, String> options, String key, Set<String> allowed) {
    String value = required(name, options, key);
    if (value != null && !allowed.contains(value)) {
      errors.add(
          file.where("agents", name, key)
              + ": expected "
              + String.join(" or ", allowed.stream().sorted().toList()));
    }
  }

  private @Nullable String required(String name, Map<String, String> options, String key) {
    String value = options.get(key);
    if (value == null) {
      errors.add(file.where("agents", name) + ": " + key + " is missing");
    }
    return value;
  }
}
