package dev.winnow.agent;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What builds the agents of each kind. A new provider or program is one more entry. */
public record AgentFactories(
    Map<Provider, AgentFactory<AgentConfig.Sdk>> providers,
    Map<Driver, AgentFactory<AgentConfig.Cli>> programs,
    Optional<AgentFactory<AgentConfig.Http>> http,
    AgentFactory<AgentConfig.Scripted> scripted) {

  public AgentFactories {
    providers = Map.copyOf(providers);
    programs = Map.copyOf(programs);
  }

  AgentState state(AgentConfig config) {
    return switch (config) {
      case AgentConfig.Sdk sdk -> state(providers.get(sdk.provider()), sdk);
      case AgentConfig.Cli cli -> state(programs.get(cli.driver()), cli);
      case AgentConfig.Http http -> state(this.http.orElse(null), http);
      case AgentConfig.Scripted script -> scripted.state(script);
    };
  }

  Agent build(String name, AgentConfig config) {
    return switch (config) {
      case AgentConfig.Sdk sdk -> build(providers.get(sdk.provider()), name, sdk);
      case AgentConfig.Cli cli -> build(programs.get(cli.driver()), name, cli);
      case AgentConfig.Http http -> build(this.http.orElse(null), name, http);
      case AgentConfig.Scripted script -> scripted.build(name, script);
    };
  }

  private static <C extends AgentConfig> AgentState state(
      @Nullable AgentFactory<C> factory, C config) {
    return factory == null
        ? new AgentState(AgentState.Status.UNSUPPORTED, "this version cannot run it yet")
        : factory.state(config);
  }

  private static <C extends AgentConfig> Agent build(
      @Nullable AgentFactory<C> factory, String name, C config) {
    if (factory == null) {
      throw new IllegalStateException("built an agent that is not ready: " + name);
    }
    return factory.build(name, config);
  }
}
