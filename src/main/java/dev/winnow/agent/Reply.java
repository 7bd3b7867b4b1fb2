package dev.winnow.agent;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.winnow.Cancellation;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What came back for a prompt: an answer, or a failure with what was said before it.
 *
 * @param agent who was asked
 * @param failure empty when the agent came to its own end
 * @param text the answer, or the part of it that there is
 * @param reason one line for people, empty without a failure
 * @param costMicros in micro-dollars; empty when it is unknown
 * @param fault what stopped the work, when that was not the agent
 */
public record Reply(
    String agent,
    Optional<Failure> failure,
    String text,
    String reason,
    int turns,
    Usage usage,
    OptionalLong costMicros,
    @Nullable RuntimeException fault) {

  /** Why there is no answer, or only a part of one. */
  public enum Failure {
    /** The agent, its provider or its settings; final. */
    AGENT,
    /** A defect of Winnow's own adapter. */
    INTERNAL,
    TIME_LIMIT,
    TURN_LIMIT,
    TOOL_LIMIT,
    CANCELLED,
    BUDGET,
    SANDBOX,
    INFRASTRUCTURE;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public boolean ok() {
    return failure.isEmpty();
  }

  /** Whether the agent itself failed, so that it is of no use to go on with it. */
  public boolean agentFailed() {
    return failure.filter(f -> f == Failure.AGENT || f == Failure.INTERNAL).isPresent();
  }

  /**
   * The same reply, unless the work was stopped by something that says nothing about the agent.
   *
   * @throws Cancellation.Cancelled when the work was cancelled
   * @throws dev.winnow.WinnowException of category BUDGET, SANDBOX or INFRASTRUCTURE
   */
  public Reply orThrow() {
    if (fault != null) {
      throw fault;
    }
    return this;
  }
}
