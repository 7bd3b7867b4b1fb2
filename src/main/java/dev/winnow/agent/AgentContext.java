package dev.winnow.agent;

import dev.winnow.agent.tool.Tool;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.telemetry.Redact;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
    rules = Redact.text(rules); // the repository's own are among them
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

  /** Keeps the candidate's files in step with the journal. */
  public interface TurnListener {

    /** A turn that may have changed files is over, and its steps are recorded: takes a snapshot. */
    void turnEnded(String purpose, int turn);

    /**
     * Does work that may change files, as one step: its result is recorded together with a snapshot
     * of the files after it. A crash before that repeats all of the work on the files as they were
     * before it; two steps would lose what the first one wrote.
     *
     * @param key of the step; ends with {@code /files}
     * @param input all that the result depends on, beside the files
     * @return the result as it was recorded, now or before the run was resumed
     */
    default <T> T writing(
        CheckpointManager steps,
        String key,
        String purpose,
        int turn,
        Object input,
        Class<T> type,
        Callable<T> work) {
      T result = steps.step(key, input, type, work);
      turnEnded(purpose, turn);
      return result;
    }

    /** Names the files as they were after the last such turn; the same name, the same files. */
    default String files() {
      return "";
    }
  }
}
