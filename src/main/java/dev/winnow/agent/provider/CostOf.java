package dev.winnow.agent.provider;

import dev.winnow.agent.PriceTable;
import dev.winnow.agent.Usage;
import java.util.OptionalLong;

/**
 * What a call cost: by the name in the settings, which a user can price, else by the provider's.
 */
record CostOf(PriceTable prices, String configured) {

  /** The most that a call of so many tokens can cost. */
  OptionalLong upTo(long inputTokens, long outputTokens) {
    return prices.estimateMicros(configured, inputTokens, outputTokens);
  }

  OptionalLong of(String answered, Usage usage) {
    OptionalLong cost = prices.costMicros(configured, usage);
    return cost.isPresent() ? cost : prices.costMicros(answered, usage);
  }
}
