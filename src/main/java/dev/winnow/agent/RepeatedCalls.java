package dev.winnow.agent;

import dev.winnow.agent.tool.ToolResult;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Notices an agent that is stuck: the same call with the same result, three times, while nothing
 * else was written in between.
 */
final class RepeatedCalls {

  private static final int LIMIT = 3;

  private final Map<String, Integer> seen = new HashMap<>();

  /** Why the phase should end, or empty. */
  Optional<String> add(ToolCall call, boolean writes, ToolResult result) {
    String key = call.tool() + '\n' + call.arguments() + '\n' + result.ok() + '\n' + result.text();
    int count = seen.getOrDefault(key, 0) + 1;
    if (count == 1 && writes && result.ok()) {
      seen.clear(); // the files changed, so asking again what was asked before makes sense
    }
    seen.put(key, count);
    return count < LIMIT
        ? Optional.empty()
        : Optional.of(
            "the agent called %s %d times with the same arguments and got the same result"
                .formatted(CapText.oneLine(call.tool(), 60), LIMIT));
  }
}
