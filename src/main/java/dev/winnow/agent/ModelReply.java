package dev.winnow.agent;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a model answered, and what it used.
 *
 * @param model the provider's own name of the model that answered, such as {@code
 *     gpt-5.1-codex-2025-11-13}; empty where there is none
 * @param costMicros of this call at list price, in micro-dollars; empty when the price is unknown,
 *     which is not the same as nothing
 */
public record ModelReply(
    Message.Assistant message,
    Usage usage,
    StopReason stop,
    String model,
    OptionalLong costMicros) {

  /** A reply that costs nothing. */
  public ModelReply(Message.Assistant message, Usage usage, StopReason stop) {
    this(message, usage, stop, "", OptionalLong.of(0));
  }

  ModelReply withoutOpaque() {
    return new ModelReply(
        new Message.Assistant(message.text(), message.calls(), List.of()),
        usage,
        stop,
        model,
        costMicros);
  }

  /** Why the model stopped. */
  public enum StopReason {
    END,
    TOOL_CALLS,
    MAX_TOKENS,
    REFUSED
  }
}
