package dev.winnow.checkpoint;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the journal knows of a paid call before it is made. Its row is on the way to the disk when
 * the work begins, so that the reservation can go along in the same commit.
 */
public final class Intent {

  private final String key;
  private final int attempt;
  private final CompletableFuture<Integer> written;
  private final CheckpointManager steps;
  private final WritesAhead ahead;
  private final Lease.Guard guard;
  private boolean confirmed;

  Intent(
      String key,
      int attempt,
      CompletableFuture<Integer> written,
      CheckpointManager steps,
      WritesAhead ahead,
      Lease.Guard guard) {
    this.key = key;
    this.attempt = attempt;
    this.written = written;
    this.steps = steps;
    this.ahead = ahead;
    this.guard = guard;
  }

  /**
   * Waits until the intent is on disk, with all that the run has recorded before it; then the lease
   * is looked at. Before this the call must not be made.
   *
   * @throws dev.winnow.WinnowException INFRASTRUCTURE when another process took the run over
   */
  public void confirm() {
    if (!confirmed) {
      if (!written.isDone()) {
        ahead.flush();
      }
      ahead.check();
      guard.check();
      confirmed = true;
    }
  }

  /**
   * Makes the call and pays for it: {@link BudgetLedger#pay} and {@link #confirm} in one commit.
   * The settlement is on disk with the result of the step.
   */
  public <T> T pay(
      String candidate,
      String model,
      Estimate upTo,
      Cancellation cancellation,
      Supplier<T> call,
      Function<T, Spending> spending) {
    return steps
        .ledger()
        .pay(
            new PaidCall(candidate, key, attempt, model, upTo),
            this::confirm,
            ahead,
            cancellation,
            call,
            spending);
  }
}
