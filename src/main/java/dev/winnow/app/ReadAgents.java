package dev.winnow.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.agent.Agent;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.Credentials;
import dev.winnow.agent.Driver;
import dev.winnow.agent.Provider;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the {@code agents} of a settings file; what is wrong goes onto the list of errors. */
final class ReadAgents {

  private static final String NAME = "[A-Za-z][A-Za-z0-9_-]{0,39}";
  private static final String KEY = "\\$\\{[A-Za-z_][A-Za-z0-9_]*}";

  private static final Map<Agent.Kind, Set<String>> KEYS =
      Map.of(
          Agent.Kind.SDK, Set.of("kind", "provider", "model", "base-url", "key"),
          Agent.Kind.CLI, Set.of("kind", "driver", "model"),
          Agent.Kind.HTTP, Set.of("kind", "endpoint", "model", "headers"),
          Agent.Kind.SCRIPTED, Set.of("kind", "script"));

  /** The client writes these itself; another value would break the request or smuggle one. */
  private static final Set<String> RESERVED_HEADERS =
      Set.of("host", "content-length", "content-type", "connection", "transfer-encoding", "accept");

  private final SettingsFile file;
  private final boolean untrusted;
  private final ReadModels models;
  private final List<String> errors;

  ReadAgents(SettingsFile file, boolean untrusted, ReadModels models, List<String> errors) {
    this.file = file;
    this.untrusted = untrusted;
    this.models = models;
    this.errors = errors;
  }

  Map<String, AgentSetting> read(JsonNode agents) {
    Map<String, AgentSetting> read = new LinkedHashMap<>();
    if (!agents.isObject()) {
      errors.add(file.where("agents") + ": expected names with their settings");
      return read;
    }
    for (Map.Entry<String, JsonNode> entry : agents.properties()) {
      String name = entry.getKey();
      int before = errors.size();
      AgentConfig config = agent(name, entry.getValue());
      if (config != null && errors.size() == before) {
        read.put(name, new AgentSetting(name, config, true, file.where("agents", name)));
      }
    }
    return read;
  }

  private @Nullable AgentConfig agent(String name, JsonNode node) {
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
    return switch (kind) {
      case SDK -> sdk(name, options);
      case CLI -> cli(name, options);
      case HTTP -> http(name, options, node.path("headers"));
      case SCRIPTED -> scripted(name, options);
    };
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
      } else if (!key.equals("headers")
          && (!option.getValue().isValueNode() || option.getValue().asText().isBlank())) {
        errors.add(file.where("agents", name, key) + ": expected a value");
      } else if (!key.equals("kind") && !key.equals("headers")) {
        options.put(key, option.getValue().asText());
      }
    }
    return options;
  }

  private @Nullable AgentConfig sdk(String name, Map<String, String> options) {
    Provider provider = oneOf(name, options, "provider", Provider.values(), Provider::label);
    String written = required(name, options, "model");
    String address = options.get("base-url");
    URI baseUrl = address == null ? null : address(name, "base-url", address);
    Optional<String> key = key(name, options);
    if (provider == null || written == null) {
      return null;
    }
    String model = ModelNames.of(provider, written, file.where("agents", name, "model"), errors);
    if (model == null) {
      return null;
    }
    if (address == null) {
      AgentConfig.Sdk usual = models.sdk(provider, model);
      return key.isEmpty()
          ? usual
          : new AgentConfig.Sdk(
              provider, model, usual.baseUrl(), key, usual.organization(), usual.temperature());
    }
    // a server of its own gets no key but the one that is named for it
    return new AgentConfig.Sdk(
        provider,
        model,
        Optional.ofNullable(baseUrl),
        key,
        Optional.empty(),
        models.usualTemperature());
  }

  private @Nullable AgentConfig cli(String name, Map<String, String> options) {
    Driver driver = oneOf(name, options, "driver", Driver.values(), Driver::label);
    Optional<String> model = model(name, options);
    return driver == null ? null : models.cli(driver, model);
  }

  private Optional<String> model(String name, Map<String, String> options) {
    Optional<String> model = Optional.ofNullable(options.get("model"));
    if (model.isPresent() && !model.get().matches("[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")) {
      errors.add(file.where("agents", name, "model") + ": not a model's name");
    }
    return model;
  }

  private @Nullable AgentConfig http(
      String name, Map<String, String> options, JsonNode headerNode) {
    String endpoint = required(name, options, "endpoint");
    URI address = endpoint == null ? null : address(name, "endpoint", endpoint);
    Optional<String> model = model(name, options);
    Map<String, String> headers = headers(name, headerNode);
    return address == null ? null : new AgentConfig.Http(address, model, headers);
  }

  private Map<String, String> headers(String name, JsonNode node) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (!node.isMissingNode() && !node.isObject()) {
      errors.add(file.where("agents", name, "headers") + ": expected names and values");
    }
    for (Map.Entry<String, JsonNode> header : node.properties()) {
      String where = file.where("agents", name, "headers", header.getKey());
      String value = header.getValue().asText();
      if (!header.getKey().matches("[A-Za-z0-9-]{1,100}")) {
        errors.add(where + ": not a header's name");
      } else if (RESERVED_HEADERS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        errors.add(where + ": Winnow sets this header itself");
      } else if (!header.getValue().isValueNode() || !value.matches("[\\x20-\\x7e]{1,4000}")) {
        errors.add(where + ": expected a value of one line");
      } else if (untrusted && !Credentials.variables(value).isEmpty()) {
        errors.add(where + ": " + mustNotHaveKeys());
      } else {
        headers.put(header.getKey(), value);
      }
    }
    return headers;
  }

  private @Nullable AgentConfig scripted(String name, Map<String, String> options) {
    String script = required(name, options, "script");
    if (script == null) {
      return null;
    }
    try {
      return new AgentConfig.Scripted(
          file.path().toAbsolutePath().resolveSibling(script).normalize());
    } catch (InvalidPathException e) {
      errors.add(file.where("agents", name, "script") + ": not a path");
      return null;
    }
  }

  /** Secrets stay out of files: only the name of a variable is taken. */
  private Optional<String> key(String name, Map<String, String> options) {
    String key = options.get("key");
    if (key == null) {
      return Optional.empty();
    }
    String where = file.where("agents", name, "key");
    if (!key.matches(KEY)) {
      // the value may be a key and is not repeated
      errors.add(where + ": expected a variable, such as ${LOCAL_KEY}, and never the key itself");
    } else if (untrusted) {
      errors.add(where + ": " + mustNotHaveKeys());
    }
    return Credentials.variables(key).stream().findFirst();
  }

  private static String mustNotHaveKeys() {
    return "a repository must not send keys of yours anywhere; declare this agent in your own"
        + " ~/.config/winnow/winnow.yaml";
  }

  private @Nullable URI address(String name, String key, String value) {
    Optional<URI> address = Addresses.parse(value);
    if (address.isEmpty()) {
      errors.add(file.where("agents", name, key) + ": expected " + Addresses.EXPECTED);
    }
    return address.orElse(null);
  }

  private <E extends Enum<E>> @Nullable E oneOf(
      String name, Map<String, String> options, String key, E[] known, Function<E, String> label) {
    String value = required(name, options, key);
    for (E one : known) {
      if (label.apply(one).equals(value)) {
        return one;
      }
    }
    if (value != null) {
      String expected = Arrays.stream(known).map(label).collect(Collectors.joining(" or "));
      errors.add(file.where("agents", name, key) + ": expected " + expected);
    }
    return null;
  }

  private @Nullable String required(String name, Map<String, String> options, String key) {
    String value = options.get(key);
    if (value == null) {
      errors.add(file.where("agents", name) + ": " + key + " is missing");
    }
    return value;
  }
}
