package dev.winnow.agent;

/**
 * How one prompt ended.
 *
 * @param text what the agent said last
 * @param reason for people, when the ending is not DONE
 */
public record AgentReply(Ending ending, String text, String reason, int turns, Usage usage) {

  /** Why the agent stopped. */
  public enum Ending {
    DONE,
    TURN_LIMIT,
    TOOL_LIMIT,
    TIME_LIMIT,
    FAILED
  }
}
