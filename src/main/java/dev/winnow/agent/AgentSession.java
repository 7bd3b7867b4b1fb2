package dev.winnow.agent;

import dev.winnow.Cancellation;

/** One conversation of an agent in one workspace. Not thread-safe. */
public interface AgentSession extends AutoCloseable {

  /**
   * Lets the agent work on a prompt until it says that it is done or a limit ends it.
   *
   * @param purpose red, red-2, green, repair-1, ...: names the steps of the journal, so it can be
   *     used once in a session
   * @return how it ended; a failure of the agent or its provider is the ending FAILED
   * @throws Cancellation.Cancelled when the work was cancelled; the session is of no more use then
   * @throws dev.winnow.WinnowException of category SANDBOX, INFRASTRUCTURE or BUDGET: not the
   *     agent's fault, so nothing can be concluded about it
   */
  AgentReply prompt(String purpose, String text, Cancellation cancellation);

  @Override
  void close();
}
