package dev.winnow.agent;

import java.util.OptionalLong;

/**
 * How one prompt ended.
 *
 * @param text what the agent said last
 * @param reason for people, when the ending is not DONE
 * @param costMicros of all its calls, in micro-dollars; empty when that of one of them is unknown
 */
public record AgentReply(
    Ending ending, String text, String reason, int turns, Usage usage, OptionalLong costMicros) {

  /** Why the agent stopped. */
  public enum Ending {
    DONE,
    TURN_LIMIT,
    TOOL_LIMIT,
    TIME_LIMIT,
    FAILED
  }
}
