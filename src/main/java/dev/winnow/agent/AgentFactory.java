package dev.winnow.agent;

/**
 * Builds agents of one kind.
 *
 * @param <C> how they are declared
 */
public interface AgentFactory<C extends AgentConfig> {

  /** Whether such an agent could be asked now, without asking it. Must not take seconds. */
  AgentState state(C config);

  /**
   * Builds it; only called when {@link #state} says that it is ready.
   *
   * @param name what reports call it
   * @throws dev.winnow.WinnowException of category USAGE or SETTINGS with what is wrong
   */
  Agent build(String name, C config);
}
