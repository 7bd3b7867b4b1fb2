package dev.winnow.agent;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import java.util.List;

/**
 * Sends prompts to agents, whatever their kind; the only way to them. What goes wrong with an agent
 * is a {@link Reply} with a category and what was said before, never an exception.
 */
public final class PromptDispatcher {

  /**
   * One agent that gets a prompt.
   *
   * @param context its limits, among others the time for the prompt
   */
  public record Target(NamedAgent agent, AgentContext context) {}

  /** A conversation of several prompts with one agent. */
  public Conversation open(NamedAgent agent, AgentContext context) {
    return new Conversation(agent, context);
  }

  /** Sends one prompt to one agent. */
  public Reply send(Target target, Prompt prompt, Cancellation cancellation) {
    try (Conversation conversation = open(target.agent(), target.context())) {
      return conversation.prompt(prompt, cancellation);
    }
  }

  /**
   * Sends one prompt to all at once, and waits for all; one that fails stops no other.
   *
   * @return in the order of the targets
   */
  public List<Reply> send(List<Target> targets, Prompt prompt, Cancellation cancellation) {
    // the cancellation reaches every branch as a parameter, so that it ends in replies as well
    return Fork.each(
        targets, Cancellation.never(), target -> _ -> send(target, prompt, cancellation));
  }
}
