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
 * @param state queued, running or done
 * @param owner the node that works on it, or null
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
    Instant createdAt,
    @Nullable Instant finishedAt,
    @Nullable String outcome,
    Map<String, Object> result,
    @Nullable Evidence evidence,
    @Nullable Decision decision) {

  /** What a list shows: the outcome, or the state, or that its process is gone. */
  public String status() {
    if (outcome != null) {
      return outcome;
    }
    return owner != null && state.equals("running") && Node.isGone(owner) ? "interrupted" : state;
  }
}
