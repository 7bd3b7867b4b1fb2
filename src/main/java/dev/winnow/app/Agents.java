package dev.winnow.app;

import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentFactories;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.Driver;
import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Provider;
import dev.winnow.agent.ScriptedAgents;
import dev.winnow.agent.cli.CliAgents;
import dev.winnow.agent.cli.DelegateToProgram;
import dev.winnow.agent.provider.HttpAgents;
import dev.winnow.agent.provider.ProviderAgents;
import dev.winnow.agent.provider.SdkModels;
import dev.winnow.agent.tool.Delegate;
import dev.winnow.agent.tool.Toolbox;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Wires what builds agents: a new provider or agent program is one line here. */
final class Agents {

  /** The agent that {@code JUDGE_MODEL} makes; a name that no file can declare. */
  static final String JUDGE = "JUDGE_MODEL";

  private Agents() {}

  static AgentRegistry registry(Settings settings) {
    Map<String, AgentConfig> configs = new LinkedHashMap<>();
    settings.agents().forEach((name, agent) -> configs.put(name, agent.config()));
    AgentConfig.Sdk judge = settings.models().judge();
    if (judge != null) {
      configs.put(JUDGE, judge);
    }
    return new AgentRegistry(configs, factories(settings));
  }

  static AgentFactories factories(Settings settings) {
    SdkModels models =
        new SdkModels(
            prices(settings),
            settings.models().limitsOfProviders(),
            settings.models().windows(),
            settings.upstream());
    ProviderAgents sdk = new ProviderAgents(models, settings.credentials());
    CliAgents programs = programs(settings);
    return new AgentFactories(
        Map.of(Provider.OPENAI, sdk, Provider.ANTHROPIC, sdk),
        Map.of(Driver.CODEX, programs, Driver.CLAUDE, programs),
        Optional.of(
            new HttpAgents(
                settings.credentials(),
                settings.models().limits(ReadProviders.HTTP),
                prices(settings),
                settings.upstream())),
        new ScriptedAgents(Toolbox.NAMES));
  }

  /** Agents that are programs of their own. */
  static CliAgents programs(Settings settings) {
    return new CliAgents(
        settings.credentials(),
        settings.programs().environment(),
        settings.programs().paths(),
        prices(settings),
        settings.upstream());
  }

  /** List prices, and over them the user's own. */
  static PriceTable prices(Settings settings) {
    return PriceTable.packaged().with(settings.models().prices());
  }

  /** A program as it is declared, or as it would be. */
  static AgentConfig.Cli program(Settings settings, Driver driver) {
    for (AgentSetting agent : settings.agents().values()) {
      if (agent.config() instanceof AgentConfig.Cli cli && cli.driver() == driver) {
        return cli;
      }
    }
    return new AgentConfig.Cli(driver, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Whom built-in agents may hand a task to, by the name of the tool. */
  static Map<String, Delegate> delegates(Settings settings) {
    Map<String, Delegate> delegates = new LinkedHashMap<>();
    for (Driver driver : settings.programs().delegates()) {
      delegates.put(
          "delegate_" + driver.label(),
          new DelegateToProgram(programs(settings), program(settings, driver)));
    }
    return delegates;
  }
}
