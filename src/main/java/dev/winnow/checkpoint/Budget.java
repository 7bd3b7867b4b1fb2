package dev.winnow.checkpoint;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a run may use; null means no limit.
 *
 * @param costMicros of the whole run, in millionths of a US dollar
 * @param tokens of the whole run, input and output
 * @param candidateCostMicros of each candidate
 * @param candidateTokens of each candidate
 */
public record Budget(
    @Nullable Long costMicros,
    @Nullable Long tokens,
    @Nullable Long candidateCostMicros,
    @Nullable Long candidateTokens) {

  public static final Budget UNLIMITED = new Budget(null, null, null, null);

  public Budget {
    requireNotNegative(costMicros);
    requireNotNegative(tokens);
    requireNotNegative(candidateCostMicros);
    requireNotNegative(candidateTokens);
  }

  public boolean hasNoLimit() {
    return equals(UNLIMITED);
  }

  /** This budget, with the limits that the other one sets in place of its own. */
  public Budget with(Budget changes) {
    return new Budget(
        changes.costMicros == null ? costMicros : changes.costMicros,
        changes.tokens == null ? tokens : changes.tokens,
        changes.candidateCostMicros == null ? candidateCostMicros : changes.candidateCostMicros,
        changes.candidateTokens == null ? candidateTokens : changes.candidateTokens);
  }

  /** US dollars with four decimals. */
  public static String dollars(long micros) {
    return String.format(Locale.ROOT, "$%.4f", micros / 1e6);
  }

  private static void requireNotNegative(@Nullable Long limit) {
    if (limit != null && limit < 0) {
      throw new IllegalArgumentException("a budget cannot be negative: " + limit);
    }
  }
}
