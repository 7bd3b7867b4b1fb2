package dev.winnow.agent;

import dev.winnow.agent.tool.Tool;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.RunEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All that an agent gets for one candidate.
 *
 * @param candidate the candidate's id, c1, c2, ..., or {@code tester}; first part of step keys
 * @param rules the system prompt
 * @param tools what the built-in agent may call
 * @param steps the run's journal
 * @param afterTurn called after every turn that may have changed files, with purpose and turn; it
 *     snapshots
 * @param place where an agent works that is a program of its own
 */
public record AgentContext(
    String candidate,
    String rules,
    List<Tool> tools,
    AgentLimits limits,
    CheckpointManager steps,
    TurnListener afterTurn,
    Consumer<RunEvent> events,
    Optional<AgentPlace> place) {

  public AgentContext {
    tools = List.copyOf(tools);
  }

  /** Without a place, for agents that are no programs. */
  public AgentContext(
      String candidate,
      String rules,
      List<Tool> tools,
      AgentLimits limits,
      CheckpointManager steps,
      TurnListener afterTurn,
      Consumer<RunEvent> events) {
    this(candidate, rules, tools, limits, steps, afterTurn, events, Optional.empty());
  }

  /** The same, with events going somewhere else. */
  AgentContext withEvents(Consumer<RunEvent> others) {
    return new AgentContext(candidate, rules, tools, limits, steps, afterTurn, others, place);
  }

  /** Is told about turns that may have changed files. */
  public interface TurnListener {
    void turnEnded(String purpose, int turn);

    /** Names the files as they were after the last such turn; the same name, the same files. */
    default String files() {
      return "";
    }
  }
}
