package dev.winnow.agent;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What a model's tokens cost, in US dollars per million tokens (so also in micro-dollars per
 * token).
 *
 * @param input neither read from nor written to the provider's cache
 * @param cachedInput read from the cache
 * @param cacheWrite written to the cache, for five minutes
 * @param output reasoning included
 */
public record Price(
    BigDecimal input, BigDecimal cachedInput, BigDecimal cacheWrite, BigDecimal output) {

  private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000);

  /**
   * @throws IllegalArgumentException for a price that is negative or absurdly high
   */
  public Price {
    check(input);
    check(cachedInput);
    check(cacheWrite);
    check(output);
  }

  private static void check(BigDecimal price) {
    if (price.signum() < 0 || price.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          "a price is between 0 and 1,000,000 US dollars per million tokens");
    }
  }

  /** In micro-dollars, rounded up: a budget must not be exceeded by rounding. */
  long micros(Usage usage) {
    long plain =
        Math.max(0, usage.inputTokens() - usage.cachedInputTokens() - usage.cacheWriteTokens());
    return input
        .multiply(BigDecimal.valueOf(plain))
        .add(cachedInput.multiply(BigDecimal.valueOf(usage.cachedInputTokens())))
        .add(cacheWrite.multiply(BigDecimal.valueOf(usage.cacheWriteTokens())))
        .add(output.multiply(BigDecimal.valueOf(usage.outputTokens())))
        .setScale(0, RoundingMode.CEILING)
        .longValueExact();
  }

  /** The dearest way that a token of the input can be charged. */
  BigDecimal dearestInput() {
    return input.max(cacheWrite);
  }
}
