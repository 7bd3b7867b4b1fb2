package dev.winnow.interview;

import dev.winnow.agent.AgentRequest;
import dev.winnow.checkpoint.Budget;
import dev.winnow.spec.PlanningMetadata.Mode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How an interview is to be held.
 *
 * @param maxQuestions over all rounds; empty for what the complexity says
 * @param agents none in mode stub, one in single, two in dual
 * @param judge needed in mode dual
 * @param budget of all calls of the interview
 */
public record InterviewOptions(
    Mode mode,
    OptionalInt maxQuestions,
    List<AgentRequest> agents,
    Optional<AgentRequest> judge,
    Budget budget) {

  public static final int MOST_QUESTIONS = 20;

  public InterviewOptions {
    agents = List.copyOf(agents);
  }

  /** Without a model. */
  public static InterviewOptions stub(OptionalInt maxQuestions) {
    return new InterviewOptions(
        Mode.STUB, maxQuestions, List.of(), Optional.empty(), Budget.UNLIMITED);
  }
}
