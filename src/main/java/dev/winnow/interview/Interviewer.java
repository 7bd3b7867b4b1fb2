package dev.winnow.interview;

import dev.winnow.agent.AgentContext;
import dev.winnow.agent.AgentLimits;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.tool.Tool;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.RunEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The people around the table, and the journal of what they say.
 *
 * @param mark of what was known when this part began, and of failed attempts: in the names of
 *     steps, so that a part that crashed is found again and one that is done with other answers is
 *     not
 */
record Interviewer(
    UUID interview,
    List<NamedAgent> agents,
    Optional<NamedAgent> judge,
    CheckpointManager steps,
    Consumer<RunEvent> events,
    String mark) {

  private static final AgentLimits LIMITS = new AgentLimits(12, 80, Duration.ofMinutes(5), 3);

  Interviewer {
    agents = List.copyOf(agents);
  }

  /**
   * @param part of the interview: r1-c1, r2-judge-1, spec-c1
   */
  AgentContext context(
      String part, String rules, List<Tool> tools, AgentContext.TurnListener listener) {
    return new AgentContext(part + "-" + mark, rules, tools, LIMITS, steps, listener, events);
  }
}
