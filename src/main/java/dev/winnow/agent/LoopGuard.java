package dev.winnow.agent;

import dev.winnow.agent.tool.ToolResult;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Notices an agent that is stuck in one phase: the same call with the same result, three times,
 * while nothing else was written in between; or many turns in which no file changed.
 */
final class LoopGuard {

  private static final int SAME_CALLS = 3;

  private final int idleTurns;
  private final Map<String, Integer> seen = new HashMap<>();
  private String files;
  private int idle;

  /**
   * @param idleTurns turns without a changed file that are too many; 0 for an agent that has
   *     nothing to change
   * @param files names the files as they are at the beginning; empty when nobody knows
   */
  LoopGuard(int idleTurns, String files) {
    this.idleTurns = idleTurns;
    this.files = files;
  }

  /** Why the phase should end, or empty. */
  Optional<String> called(ToolCall call, boolean writes, ToolResult result) {
    // hashes: the texts of a long phase are megabytes
    String key =
        "%s %s %s %s"
            .formatted(
                CapText.oneLine(call.tool(), 60),
                QuoteUntrusted.mark(call.arguments().toString()),
                result.ok(),
                QuoteUntrusted.mark(result.text()));
    int count = seen.getOrDefault(key, 0) + 1;
    if (count == 1 && writes && result.ok()) {
      seen.clear(); // the files changed, so asking again what was asked before makes sense
    }
    seen.put(key, count);
    return count < SAME_CALLS
        ? Optional.empty()
        : Optional.of(
            "the agent called %s %d times with the same arguments and got the same result"
                .formatted(CapText.oneLine(call.tool(), 60), SAME_CALLS));
  }

  /** Why the phase should end after a turn that left the files like this, or empty. */
  Optional<String> turnEnded(String now) {
    idle = now.equals(files) && !now.isEmpty() ? idle + 1 : 0;
    files = now;
    return idleTurns == 0 || idle < idleTurns
        ? Optional.empty()
        : Optional.of("the agent changed no file in %d turns".formatted(idleTurns));
  }
}
