package dev.winnow.checkpoint;

import dev.winnow.checkpoint.BudgetLedger.Estimate;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger says of a call before it is made.
 *
 * @param candidate whose call it is: c1, tester, judge, ...
 * @param step key of the journal's step that it belongs to
 * @param attempt at that step; null for the newest one that is recorded
 */
record PaidCall(
    String candidate, String step, @Nullable Integer attempt, String model, Estimate upTo) {}
