package dev.winnow.agent;

import dev.winnow.Cancellation;

/** One conversation of an agent in one workspace. Not thread-safe. */
public interface AgentSession extends AutoCloseable {

  /**
   * Lets the agent work on a prompt until it says that it is done or a limit ends it.
   *
   * @param purpose red, red-2, green, repair-1, ...: names the steps of the journal
   */
  AgentReply prompt(String purpose, String text, Cancellation cancellation);

  @Override
  void close();
}
