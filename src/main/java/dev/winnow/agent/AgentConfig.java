package dev.winnow.agent;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An agent as declared. Holds no secret, only the names of the environment variables that do, so it
 * can be stored with a run and shown; the values come from {@link Credentials}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "sdk", value = AgentConfig.Sdk.class),
  @JsonSubTypes.Type(name = "cli", value = AgentConfig.Cli.class),
  @JsonSubTypes.Type(name = "http", value = AgentConfig.Http.class),
  @JsonSubTypes.Type(name = "scripted", value = AgentConfig.Scripted.class),
})
public sealed interface AgentConfig {

  @JsonIgnore
  default Agent.Kind kind() {
    return switch (this) {
      case Sdk _ -> Agent.Kind.SDK;
      case Cli _ -> Agent.Kind.CLI;
      case Http _ -> Agent.Kind.HTTP;
      case Scripted _ -> Agent.Kind.SCRIPTED;
    };
  }

  /** What it is, for people: model, program, address or file; no secret. */
  default String detail() {
    return switch (this) {
      case Sdk sdk -> sdk.modelName();
      case Cli cli -> cli.driver().label() + cli.model().map(m -> " " + m).orElse("");
      case Http http -> http.shownEndpoint();
      case Scripted scripted -> scripted.script().toString();
    };
  }

  /**
   * The built-in agent with a provider's model.
   *
   * @param model without the prefix {@code openai-responses:} or {@code anthropic:}
   * @param baseUrl of a server that speaks the provider's protocol; empty for the provider's own
   * @param key the variable that holds the key; empty when the server needs none
   * @param organization of OpenAI
   * @param temperature 0 to 2, empty for the model's own
   */
  record Sdk(
      Provider provider,
      String model,
      Optional<URI> baseUrl,
      Optional<String> key,
      Optional<String> organization,
      Optional<Double> temperature)
      implements AgentConfig {

    /** As it is written in settings and reports: {@code openai-responses:gpt-5.1-codex}. */
    public String modelName() {
      return switch (provider) {
        case OPENAI -> "openai-responses:" + model;
        case ANTHROPIC -> "anthropic:" + model;
      };
    }
  }

  /**
   * An agent program on this machine.
   *
   * @param model empty for the program's own choice
   * @param baseUrl of the provider that the program talks to; empty for its own
   * @param key the variable that holds the provider's key; empty for the program's own log-in
   */
  record Cli(Driver driver, Optional<String> model, Optional<URI> baseUrl, Optional<String> key)
      implements AgentConfig {}

  /**
   * An agent behind an address that answers to a POST; see docs/agents.md.
   *
   * @param model what the endpoint is asked for; empty for its own choice
   * @param headers as they were written: <code>Bearer ${NAME}</code> stays that
   */
  record Http(URI endpoint, Optional<String> model, Map<String, String> headers)
      implements AgentConfig {
    public Http {
      headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    }

    /** Without the query, which some put a secret into. */
    public String shownEndpoint() {
      String port = endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort();
      String path = endpoint.getRawPath() == null ? "" : endpoint.getRawPath();
      return endpoint.getScheme() + "://" + endpoint.getHost() + port + path;
    }
  }

  /**
   * An agent that plays a file.
   *
   * @param script relative to the directory that the registry resolves against
   */
  record Scripted(Path script) implements AgentConfig {}
}
