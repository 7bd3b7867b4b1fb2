package dev.winnow.agent;

import java.time.Duration;

/**
 * What ends a phase of an agent.
 *
 * @param turns model calls per prompt
 * @param toolCalls per prompt
 * @param time per prompt
 * @param idleTurns one after the other in which no file changed; 0 for no such limit
 */
public record AgentLimits(int turns, int toolCalls, Duration time, int idleTurns) {

  /**
   * Reading a large repository takes some turns; a phase without a change after so many is lost.
   */
  private static final int USUAL_IDLE_TURNS = 30;

  public static final AgentLimits DEFAULT = new AgentLimits(60, 200, Duration.ofMinutes(30));

  public AgentLimits(int turns, int toolCalls, Duration time) {
    this(turns, toolCalls, time, USUAL_IDLE_TURNS);
  }
}
