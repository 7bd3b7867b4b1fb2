package dev.winnow.app;

import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.Driver;
import dev.winnow.agent.Price;
import dev.winnow.agent.Provider;
import dev.winnow.agent.provider.ProviderLimits;
import dev.winnow.app.Variables.Found;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the variables about providers and models; what is wrong goes onto the list of errors. */
final class ReadModels {

  /** When {@code OPENAI_MODEL} or {@code ANTHROPIC_MODEL} says nothing. */
  private static final Map<Provider, String> USUAL =
      Map.of(Provider.OPENAI, "gpt-5.1-codex", Provider.ANTHROPIC, "claude-opus-5-5");

  private final Variables variables;
  private final List<String> errors;
  private final Map<String, String> sources;
  private final Map<Provider, Optional<URI>> addresses = new EnumMap<>(Provider.class);
  private final Optional<Double> temperature;

  ReadModels(Variables variables, List<String> errors, Map<String, String> sources) {
    this.variables = variables;
    this.errors = errors;
    this.sources = sources;
    this.temperature = temperature();
    for (Provider provider : Provider.values()) {
      addresses.put(provider, address(provider));
    }
  }

  ModelSettings read(
      Map<String, Price> prices, Map<String, ProviderLimits> limits, Map<String, Long> windows) {
    return new ModelSettings(
        provider(),
        judge(),
        dual(),
        temperature,
        prices,
        limits,
        windows,
        PlanningSettings.read(variables, errors, sources));
  }

  /**
   * The agents that are there without being declared, because a key or a program is.
   *
   * @param programs those that the operator gave the path of
   */
  Map<String, AgentSetting> usualAgents(Map<Driver, Path> programs) {
    Map<String, AgentSetting> agents = new LinkedHashMap<>();
    for (Provider provider : Provider.values()) {
      Optional<Found> reason =
          variables.find(provider.key()).or(() -> variables.find(baseUrlOf(provider)));
      String model = model(provider);
      if (reason.isPresent() && model != null) {
        agents.put(
            provider.label(),
            new AgentSetting(provider.label(), sdk(provider, model), false, reason.get().where()));
      }
    }
    for (Driver driver : Driver.values()) {
      Optional.ofNullable(programs.get(driver))
          .or(() -> program(driver.label()))
          .ifPresent(path ->
              agents.put(
                  driver.label(),
                  new AgentSetting(
                      driver.label(), cli(driver, Optional.empty()), false, "found: " + path)));
    }
    return agents;
  }

  /** A provider's model with the key, address and organisation of the variables. */
  AgentConfig.Sdk sdk(Provider provider, String model) {
    return new AgentConfig.Sdk(
        provider, model, addressOf(provider), key(provider), organization(provider), temperature);
  }

  AgentConfig.Cli cli(Driver driver, Optional<String> model) {
    Provider provider = driver.provider();
    return new AgentConfig.Cli(
        driver,
        model,
        addressOf(provider),
        variables.find(provider.key()).map(_ -> provider.key()));
  }

  Optional<String> organization(Provider provider) {
    return provider == Provider.OPENAI
        ? variables.find("OPENAI_ORG").map(Found::value)
        : Optional.empty();
  }

  Optional<Double> usualTemperature() {
    return temperature;
  }

  private Optional<URI> addressOf(Provider provider) {
    return addresses.getOrDefault(provider, Optional.empty());
  }

  /** A server of one's own may need no key; the provider's own always does. */
  private Optional<String> key(Provider provider) {
    return addressOf(provider).isPresent() && variables.find(provider.key()).isEmpty()
        ? Optional.empty()
        : Optional.of(provider.key());
  }

  private static String baseUrlOf(Provider provider) {
    return provider.name() + "_BASE_URL";
  }

  private Optional<URI> address(Provider provider) {
    String name = baseUrlOf(provider);
    Optional<Found> found = variables.find(name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    sources.put(name, found.get().where());
    Optional<Found> key = variables.find(provider.key());
    if (found.get().fromFile() && key.isPresent() && !key.get().fromFile()) {
      // whoever controls the directory would get the key of whoever works in it
      errors.add(
          "%s: a .env file must not redirect the %s of your environment; put both into one place"
              .formatted(found.get().where(), provider.key()));
      return Optional.empty();
    }
    Optional<URI> address = Addresses.parse(found.get().value());
    if (address.isEmpty()) {
      errors.add(found.get().where() + ": expected " + Addresses.EXPECTED);
    }
    return address;
  }

  private @Nullable String model(Provider provider) {
    String name = provider.name() + "_MODEL";
    Optional<Found> found = variables.find(name);
    if (found.isEmpty()) {
      return USUAL.get(provider);
    }
    sources.put(name, found.get().where());
    return ModelNames.of(provider, found.get().value(), found.get().where(), errors);
  }

  private @Nullable Provider provider() {
    Optional<Found> found = variables.find("LLM_PROVIDER");
    if (found.isEmpty()) {
      return null;
    }
    sources.put("LLM_PROVIDER", found.get().where());
    for (Provider provider : Provider.values()) {
      if (provider.label().equals(found.get().value().toLowerCase(Locale.ROOT))) {
        return provider;
      }
    }
    errors.add(found.get().where() + ": expected openai or anthropic");
    return null;
  }

  private AgentConfig.@Nullable Sdk judge() {
    Optional<Found> found = variables.find("JUDGE_MODEL");
    if (found.isEmpty()) {
      return null;
    }
    sources.put("JUDGE_MODEL", found.get().where());
    String value = found.get().value();
    Provider provider = ModelNames.provider(value);
    String model = ModelNames.of(provider, value, found.get().where(), errors);
    return model == null ? null : sdk(provider, model);
  }

  /** Both providers, or the names of what is missing. */
  private boolean dual() {
    Optional<Found> found = variables.find("DUAL_SUBAGENT_ENABLED");
    Optional<Boolean> flag = found.flatMap(f -> Flags.parse(f.value()));
    if (found.isPresent() && flag.isEmpty()) {
      errors.add(found.get().where() + ": " + Flags.EXPECTED);
    }
    found.ifPresent(f -> sources.put("DUAL_SUBAGENT_ENABLED", f.where()));
    List<String> missing = flag.orElse(false) ? missingForDual() : List.of();
    if (!missing.isEmpty()) {
      errors.add(
          "DUAL_SUBAGENT_ENABLED: dual-subagent mode needs %s as well: set %s, or switch it off"
              .formatted(String.join(", ", missing), missing.size() == 1 ? "it" : "them"));
    }
    return flag.orElse(false);
  }

  private List<String> missingForDual() {
    List<String> missing = new ArrayList<>();
    for (Provider provider : Provider.values()) {
      if (key(provider).isPresent() && variables.find(provider.key()).isEmpty()) {
        missing.add(provider.key());
      }
    }
    if (variables.find("JUDGE_MODEL").isEmpty()) {
      missing.add("JUDGE_MODEL");
    }
    return missing;
  }

  private Optional<Double> temperature() {
    Optional<Found> found = variables.find("AI_TEMPERATURE");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    sources.put("AI_TEMPERATURE", found.get().where());
    String value = found.get().value();
    if (value.matches("[0-2](?:\\.\\d{1,4})?") && Double.parseDouble(value) <= 2) {
      return Optional.of(Double.valueOf(value));
    }
    errors.add(found.get().where() + ": expected a number from 0 to 2");
    return Optional.empty();
  }

  private Optional<Path> program(String name) {
    for (String entry : variables.environment().getOrDefault("PATH", "").split(":", -1)) {
      // an empty or relative entry is the current directory, where anybody may have put a program
      if (entry.startsWith("/")) {
        Path program = Path.of(entry, name);
        if (Files.isRegularFile(program) && Files.isExecutable(program)) {
          return Optional.of(program);
        }
      }
    }
    return Optional.empty();
  }
}
