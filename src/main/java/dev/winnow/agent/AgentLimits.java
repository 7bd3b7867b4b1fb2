package dev.winnow.agent;

import java.time.Duration;

/**
 * What ends a phase of an agent.
 *
 * @param turns model calls per prompt
 * @param toolCalls per prompt
 * @param time per prompt
 */
public record AgentLimits(int turns, int toolCalls, Duration time) {
  public static final AgentLimits DEFAULT = new AgentLimits(60, 200, Duration.ofMinutes(30));
}
