package dev.winnow.agent.provider;

import dev.winnow.agent.Agent;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentFactory;
import dev.winnow.agent.AgentState;
import dev.winnow.agent.AssistantAgent;
import dev.winnow.agent.Credentials;
import dev.winnow.agent.PriceTable;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds agents that stand behind an address; they share connections, and each address a limiter.
 */
public final class HttpAgents implements AgentFactory<AgentConfig.Http> {

  private final Credentials credentials;
  private final ProviderLimits limits;
  private final PriceTable prices;
  private final UpstreamProxy upstream;
  private final Map<String, ProviderLimiter> limiters = new ConcurrentHashMap<>();
  private @Nullable Transport transport;

  /**
   * @param prices for agents that do not tell what they cost, by the name of their model
   * @param upstream the proxy that agents are reached through
   */
  public HttpAgents(
      Credentials credentials, ProviderLimits limits, PriceTable prices, UpstreamProxy upstream) {
    this.credentials = credentials;
    this.limits = limits;
    this.prices = prices;
    this.upstream = upstream;
  }

  @Override
  public AgentState state(AgentConfig.Http config) {
    return AgentState.ofKeys(credentials.missing(config));
  }

  @Override
  public Agent build(String name, AgentConfig.Http config) {
    ProviderLimiter limiter =
        limiters.computeIfAbsent(config.endpoint().toString(), _ -> ProviderLimiter.of(limits));
    RetryCalls retries = new RetryCalls("agent " + name, "http", limits, limiter, new Random());
    return new AssistantAgent(
        name,
        Agent.Kind.HTTP,
        new HttpModel(config, credentials, prices, retries, this::transport));
  }

  /** Made by the first call, like everything that costs time. */
  private synchronized Transport transport() {
    if (transport == null) {
      transport = new Transport(limits.connect(), upstream);
    }
    return transport;
  }
}
