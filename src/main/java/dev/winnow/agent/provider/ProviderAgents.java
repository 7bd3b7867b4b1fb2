package dev.winnow.agent.provider;

import dev.winnow.agent.Agent;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentFactory;
import dev.winnow.agent.AgentState;
import dev.winnow.agent.AssistantAgent;
import dev.winnow.agent.ChatModel;
import dev.winnow.agent.Credentials;
import java.util.OptionalDouble;

/** Builds built-in agents with a provider's model. */
public final class ProviderAgents implements AgentFactory<AgentConfig.Sdk> {

  private final SdkModels models;
  private final Credentials credentials;

  public ProviderAgents(SdkModels models, Credentials credentials) {
    this.models = models;
    this.credentials = credentials;
  }

  @Override
  public AgentState state(AgentConfig.Sdk config) {
    return AgentState.ofKeys(credentials.missing(config));
  }

  @Override
  public Agent build(String name, AgentConfig.Sdk config) {
    return new AssistantAgent(name, Agent.Kind.SDK, model(config));
  }

  /** The model alone, for those who ask it without tools. */
  public ChatModel model(AgentConfig.Sdk config) {
    ProviderAccount account =
        new ProviderAccount(
            config.key().flatMap(credentials::get).orElse(""),
            config.baseUrl(),
            config.organization());
    OptionalDouble temperature =
        config.temperature().map(OptionalDouble::of).orElse(OptionalDouble.empty());
    return switch (config.provider()) {
      case OPENAI -> models.openAi(config.modelName(), account, temperature);
      case ANTHROPIC -> models.anthropic(config.modelName(), account, temperature);
    };
  }
}
