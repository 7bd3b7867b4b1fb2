package dev.winnow.agent;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.Budget;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What people are told about models whose price nobody knows. */
public final class UnknownPrice {

  private static final String REMEDY = "add it under 'prices' in ~/.config/winnow/winnow.yaml";

  private UnknownPrice() {}

  /** One line for each such model among the agents, in their order. */
  public static List<String> notices(Stream<NamedAgent> agents) {
    return agents
        .map(agent -> agent.agent().unpriced())
        .flatMap(Optional::stream)
        .distinct()
        .map(model ->
            "The price of %s is unknown, so its cost is not counted unless it tells it: %s."
                .formatted(model, REMEDY))
        .toList();
  }

  /**
   * Refuses what could not be kept.
   *
   * @param agents of the run
   * @throws WinnowException of category USAGE when the budget is in dollars and a price is missing
   */
  public static void refuse(Budget budget, AgentRegistry registry, Stream<AgentRequest> agents) {
    if (budget.costMicros() == null && budget.candidateCostMicros() == null) {
      return;
    }
    List<String> unpriced =
        agents.map(registry::unpriced).flatMap(Optional::stream).distinct().toList();
    if (!unpriced.isEmpty()) {
      throw WinnowException.usage(
          "A budget in US dollars cannot be kept, because the price of %s is unknown: %s, or give a budget in tokens."
              .formatted(String.join(" and of ", unpriced), REMEDY));
    }
  }
}
