package dev.winnow.run;

import dev.winnow.checkpoint.Budget;
import java.time.Duration;
import java.util.Optional;

/**
 * What a run may use, and whether a person has the last word.
 *
 * @param approve whether an accepted change waits for a person before it is delivered
 * @param answerWithin how long it waits; empty for ever
 */
public record RunTerms(Budget budget, boolean approve, Optional<Duration> answerWithin) {
  public static final RunTerms USUAL = new RunTerms(Budget.UNLIMITED, false, Optional.empty());

  RunTerms withBudget(Budget changed) {
    return new RunTerms(changed, approve, answerWithin);
  }
}
