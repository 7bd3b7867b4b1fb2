package dev.winnow.agent;

import dev.winnow.Cancellation;

/**
 * One conversation of an agent in one workspace. Not thread-safe. Only {@link Conversation} asks
 * it, which turns what is thrown here into replies.
 */
public interface AgentSession extends AutoCloseable {

  /**
   * Lets the agent work on a prompt until it says that it is done or a limit ends it.
   *
   * @return how it ended; a failure of the agent or its provider is the ending FAILED
   * @throws Cancellation.Cancelled when the work was cancelled; the session is of no more use then
   * @throws dev.winnow.WinnowException of category SANDBOX, INFRASTRUCTURE or BUDGET: not the
   *     agent's fault, so nothing can be concluded about it
   */
  AgentReply prompt(Prompt prompt, Cancellation cancellation);

  @Override
  void close();
}
