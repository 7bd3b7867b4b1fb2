package dev.winnow.checkpoint;

import dev.winnow.Cancellation;
import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import dev.winnow.checkpoint.LedgerStore.Totals;
import dev.winnow.store.Database;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The money of one run, under its lease. Whoever makes a paid call reserves before it what it may
 * cost at most, and settles after it with what the provider counted; a call that would exceed a
 * limit is refused before it is made. Reservations of parallel candidates never overdraw together.
 * Thread-safe.
 *
 * <p>A process that dies leaves entries {@code unknown} for exactly the calls that it had reserved
 * and not settled; they count as reserved.
 */
public final class BudgetLedger {

  /**
   * What a call may use at most.
   *
   * @param cost in millionths of a US dollar; empty when nobody knows the price
   * @param tokens input and output
   */
  public record Estimate(OptionalLong cost, long tokens) {

    public Estimate {
      if (cost.orElse(0) < 0 || tokens < 0) {
        throw new IllegalArgumentException("an estimate cannot be negative");
      }
    }

    public Estimate(long costMicros, long tokens) {
      this(OptionalLong.of(costMicros), tokens);
    }

    long costMicros() {
      return cost.orElse(0);
    }

    /** Whether such a call need not be in any ledger. */
    public boolean isNothing() {
      return cost.equals(OptionalLong.of(0)) && tokens == 0;
    }
  }

  /** A call that is allowed to be made now. */
  public record Reservation(UUID entry) {}

  /** How much is left for the next call of a candidate; null means no limit. */
  public record Remaining(@Nullable Long costMicros, @Nullable Long tokens) {}

  private static final Duration POLL = Duration.ofMillis(250);

  private final LedgerStore store;
  private final Budget budget;
  private CountDownLatch nextSettlement = new CountDownLatch(1);

  public BudgetLedger(Database database, Lease lease) {
    this.store = new LedgerStore(database, lease);
    this.budget = BudgetStore.read(database, lease.run());
  }

  /**
   * Makes a paid call: reserves, calls, settles. A failure of category AGENT means that the
   * provider told no usage and counts nothing; after any other one (a cancellation, a crash of the
   * adapter) the outcome is unknown and counts as reserved.
   *
   * @param candidate whose call it is: c1, tester, judge, ...
   * @param step key of the journal's step that the call belongs to
   * @param spending reads the usage from the answer
   * @throws WinnowException BUDGET, before the call, when a limit could be exceeded
   */
  public <T> T pay(
      String candidate,
      String step,
      String model,
      Estimate upTo,
      Cancellation cancellation,
      Supplier<T> call,
      Function<T, Spending> spending) {
    return pay(
        new PaidCall(candidate, step, null, model, upTo),
        () -> {},
        null,
        cancellation,
        call,
        spending);
  }

  /**
   * The same for a call whose step is begun at the same time.
   *
   * @param confirm makes sure, right before the call, that it may be made
   * @param ahead takes a settlement that need not be waited for; null to wait
   */
  <T> T pay(
      PaidCall paid,
      Runnable confirm,
      @Nullable WritesAhead ahead,
      Cancellation cancellation,
      Supplier<T> call,
      Function<T, Spending> spending) {
    if (!budget.hasNoLimit()) {
      confirm.run(); // the reservation does not go through the same lane
    }
    Reservation reservation = reserve(paid, cancellation);
    try {
      confirm.run();
    } catch (RuntimeException | Error e) {
      close(() -> fail(reservation, "the call was not made"), e);
      throw e;
    }
    T answer;
    try {
      answer = call.get();
    } catch (RuntimeException | Error e) {
      String why = String.valueOf(e.getMessage());
      boolean told = e instanceof WinnowException w && w.category() == Category.AGENT;
      close(() -> close(reservation, told ? "failed" : "unknown", why), e);
      throw e;
    }
    Spending spent = spending.apply(answer);
    if (ahead == null || !budget.hasNoLimit()) {
      settle(reservation, spent);
    } else {
      ahead.add(store.settleLater(reservation.entry(), spent));
    }
    return answer;
  }

  private static void close(Runnable close, Throwable why) {
    try {
      close.run();
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  /**
   * Waits while only calls in flight stand in the way, because most cost less than they reserved.
   *
   * @throws WinnowException BUDGET when what is spent already leaves too little; INFRASTRUCTURE
   *     when another process took the run over
   */
  public Reservation reserve(
      String candidate, String step, String model, Estimate upTo, Cancellation cancellation) {
    return reserve(new PaidCall(candidate, step, null, model, upTo), cancellation);
  }

  private Reservation reserve(PaidCall call, Cancellation cancellation) {
    if (call.upTo().cost().isEmpty()
        && (budget.costMicros() != null || budget.candidateCostMicros() != null)) {
      throw new WinnowException(
          Category.BUDGET,
          "The price of %s is unknown, so a budget in dollars cannot be kept: declare its price, or give a budget in tokens."
              .formatted(call.model()));
    }
    UUID entry = Ids.next();
    while (true) {
      cancellation.check();
      CountDownLatch settlement = nextSettlement();
      Optional<Totals> inTheWay = store.reserve(entry, call, budget);
      if (inTheWay.isEmpty()) {
        return new Reservation(entry);
      }
      requireRoom(inTheWay.get(), call.candidate(), call.upTo());
      await(settlement);
    }
  }

  /** What the candidate's next call may cost, calls in flight counted as reserved. */
  public Remaining remaining(String candidate) {
    if (budget.hasNoLimit()) {
      return new Remaining(null, null);
    }
    Totals used = store.totals(candidate);
    return new Remaining(
        smaller(
            left(budget.costMicros(), used.costMicros() + used.inFlightMicros()),
            left(budget.candidateCostMicros(), used.mineMicros() + used.mineInFlightMicros())),
        smaller(
            left(budget.tokens(), used.tokens() + used.inFlightTokens()),
            left(budget.candidateTokens(), used.mineTokens() + used.mineInFlightTokens())));
  }

  /** Records what the call used. Also when the run was taken over meanwhile: it was paid. */
  public void settle(Reservation reservation, Spending spent) {
    store.settle(reservation.entry(), spent);
    wake();
  }

  /** The provider refused the call, or failed without telling any usage. */
  public void fail(Reservation reservation, String reason) {
    close(reservation, "failed", reason);
  }

  /** Nobody knows what the call used. */
  public void abandon(Reservation reservation, String reason) {
    close(reservation, "unknown", reason);
  }

  private void close(Reservation reservation, String state, String reason) {
    store.close(reservation.entry(), state, reason);
    wake();
  }

  private void requireRoom(Totals used, String candidate, Estimate upTo) {
    refuse(used.costMicros(), upTo.costMicros(), budget.costMicros(), "the run", true);
    refuse(used.tokens(), upTo.tokens(), budget.tokens(), "the run", false);
    refuse(used.mineMicros(), upTo.costMicros(), budget.candidateCostMicros(), candidate, true);
    refuse(used.mineTokens(), upTo.tokens(), budget.candidateTokens(), candidate, false);
  }

  private static void refuse(
      long used, long wanted, @Nullable Long limit, String whose, boolean money) {
    if (limit != null && used + wanted > limit) {
      throw new WinnowException(
          Category.BUDGET,
          "The budget of %s is used up: %s of %s, and the next call may take %s."
              .formatted(whose, show(used, money), show(limit, money), show(wanted, money)));
    }
  }

  private static String show(long amount, boolean money) {
    return money ? Budget.dollars(amount) : "%,d tokens".formatted(amount);
  }

  private static @Nullable Long left(@Nullable Long limit, long used) {
    return limit == null ? null : Math.max(0, limit - used);
  }

  private static @Nullable Long smaller(@Nullable Long a, @Nullable Long b) {
    return a == null ? b : b == null ? a : Long.valueOf(Math.min(a, b));
  }

  private synchronized CountDownLatch nextSettlement() {
    return nextSettlement;
  }

  private synchronized void wake() {
    nextSettlement.countDown();
    nextSettlement = new CountDownLatch(1);
  }

  /** Not for long: another process may settle what it had reserved before it lost the run. */
  private static void await(CountDownLatch settlement) {
    try {
      boolean _ = settlement.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    }
  }
}
