package dev.winnow.agent;

/** What a model answered, and what it used. */
public record ModelReply(Message.Assistant message, Usage usage, StopReason stop) {

  /** Why the model stopped. */
  public enum StopReason {
    END,
    TOOL_CALLS,
    MAX_TOKENS,
    REFUSED
  }
}
