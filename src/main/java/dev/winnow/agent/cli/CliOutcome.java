package dev.winnow.agent.cli;

import dev.winnow.agent.AgentReply;
import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.Spending;
import java.util.OptionalLong;

/**
 * What one prompt gave, and all that it takes to go on from here on any machine; recorded as the
 * result of a step.
 *
 * @param usage of this prompt
 * @param costMicros of this prompt; empty when nobody knows
 * @param session the program's id of the conversation, "" when none was begun
 * @param totalUsage of the session up to here, as the program counts
 * @param totalCostMicros the same for its cost; empty when the program does not tell
 * @param sessionPath of the session's file in the program's home, "" when it could not be kept
 * @param sessionData that file, compressed, as base64
 */
record CliOutcome(
    AgentReply.Ending ending,
    String text,
    String reason,
    int turns,
    Usage usage,
    OptionalLong costMicros,
    String session,
    Usage totalUsage,
    OptionalLong totalCostMicros,
    String sessionPath,
    String sessionData) {

  AgentReply reply() {
    return new AgentReply(ending, text, reason, turns, usage, costMicros);
  }

  Spending spending() {
    return new Spending(
        costMicros.orElse(0),
        usage.inputTokens(),
        usage.outputTokens(),
        usage.cachedInputTokens(),
        usage.cacheWriteTokens(),
        usage.reasoningTokens(),
        costMicros.isPresent());
  }
}
