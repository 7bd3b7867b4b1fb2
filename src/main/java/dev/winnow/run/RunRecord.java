package dev.winnow.run;

import dev.winnow.evidence.Evidence;
import dev.winnow.judge.Decision;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is stored.
 *
 * @param state queued or done
 * @param owner the node that works on it, or null
 * @param alive whether the owner was heard of in the last seconds; null when nobody can tell
 * @param outcome null until it is done
 * @param result the result object of the command line's contract; empty until it is done
 */
public record RunRecord(
    UUID id,
    String state,
    String task,
    String repository,
    @Nullable String base,
    @Nullable String owner,
    @Nullable Boolean alive,
    Instant createdAt,
    @Nullable Instant finishedAt,
    @Nullable String outcome,
    Map<String, Object> result,
    @Nullable Evidence evidence,
    @Nullable Decision decision) {

  /** A run whose process ended without finishing it. */
  public static final String INTERRUPTED = "interrupted";

  /** The outcome, or the state while there is none, or {@link #INTERRUPTED}. */
  public String status() {
    return status(outcome, state, owner, alive);
  }

  static String status(
      @Nullable String outcome, String state, @Nullable String owner, @Nullable Boolean alive) {
    if (outcome != null) {
      return outcome;
    }
    if (owner == null) {
      return state;
    }
    return Boolean.FALSE.equals(alive) || Node.isGone(owner) ? INTERRUPTED : "running";
  }
}
