package dev.winnow.agent.cli;

import dev.winnow.agent.Usage;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one prompt used. Both programs count over the whole session, also after it was resumed, so
 * what was counted before has to be taken away.
 */
record CountedUsage(
    Usage usage, OptionalLong costMicros, Usage total, OptionalLong totalCost, int turns) {

  static CountedUsage of(Optional<CliEvent> end, Usage before, OptionalLong costBefore) {
    return switch (end.orElse(null)) {
      case CliEvent.Completed(Usage total, OptionalLong cost, String _, int turns) ->
          of(total, cost, turns, before, costBefore);
      case CliEvent.Failed(String _, var _, Usage total, OptionalLong cost) ->
          of(total, cost, 0, before, costBefore);
      // it was killed, and never said what it used
      case null, default ->
          new CountedUsage(Usage.NONE, OptionalLong.empty(), before, costBefore, 0);
    };
  }

  private static CountedUsage of(
      Usage total, OptionalLong cost, int turns, Usage before, OptionalLong costBefore) {
    boolean counts = total.inputTokens() > 0 || total.outputTokens() > 0;
    if (!counts) {
      // an error before the first answer is reported as nothing at all
      OptionalLong paid = cost.isPresent() ? OptionalLong.of(0) : OptionalLong.empty();
      return new CountedUsage(Usage.NONE, paid, before, costBefore, turns);
    }
    Usage used = minus(total, before);
    OptionalLong paid =
        cost.isPresent() && costBefore.isPresent()
            ? OptionalLong.of(
                cost.getAsLong() >= costBefore.getAsLong()
                    ? cost.getAsLong() - costBefore.getAsLong()
                    : cost.getAsLong())
            : cost;
    return new CountedUsage(used, paid, total, cost, turns);
  }

  /** A program that begins to count anew is taken at its word. */
  private static Usage minus(Usage total, Usage before) {
    boolean anew =
        total.inputTokens() < before.inputTokens() || total.outputTokens() < before.outputTokens();
    return anew
        ? total
        : new Usage(
            total.inputTokens() - before.inputTokens(),
            total.outputTokens() - before.outputTokens(),
            Math.max(0, total.cachedInputTokens() - before.cachedInputTokens()),
            Math.max(0, total.reasoningTokens() - before.reasoningTokens()),
            Math.max(0, total.cacheWriteTokens() - before.cacheWriteTokens()));
  }
}
