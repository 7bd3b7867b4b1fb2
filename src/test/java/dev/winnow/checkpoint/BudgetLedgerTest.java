package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import dev.winnow.checkpoint.BudgetLedger.Reservation;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BudgetLedgerTest {

  private static final Estimate TEN = new Estimate(10, 100);
  private static final Spending SEVEN = new Spending(7, 50, 20, 5, 0, 3, true);

  private static Database database;

  private UUID run = new UUID(0, 0);
  private final Cancellation never = Cancellation.never();

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void createRun() {
    run = TestRun.in(database);
  }

  private BudgetLedger pickUp() {
    return new BudgetLedger(database, Lease.acquire(database, run, "node"));
  }

  private void limit(Budget budget) {
    BudgetStore.write(database, run, budget);
  }

  private static Budget cost(long micros) {
    return new Budget(micros, null, null, null);
  }

  private List<LedgerEntry> entries() {
    return new LedgerReader(database).entries(run);
  }

  private List<String> states() {
    return entries().stream().map(e -> e.state().label()).toList();
  }

  private Reservation reserve(BudgetLedger ledger, String candidate) {
    return ledger.reserve(candidate, candidate + "/green/turn-1/call", "model", TEN, never);
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            WinnowException.class, e -> assertThat(e.category()).isEqualTo(Category.BUDGET))
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void keepsWhatTheProviderCounted() {
    BudgetLedger ledger = pickUp();
    ledger.settle(reserve(ledger, "c1"), SEVEN);
    ledger.settle(reserve(ledger, "c2"), SEVEN);
    assertThat(states()).containsExactly("settled", "settled");
    assertThat(entries().getFirst().reservedMicros()).isEqualTo(10);
    assertThat(new LedgerReader(database).spent(run)).isEqualTo(SEVEN.plus(SEVEN));
  }

  @Test
  void aCallThatWouldExceedALimitIsRefusedBeforeItIsMade() {
    limit(cost(20));
    BudgetLedger ledger = pickUp();
    ledger.settle(reserve(ledger, "c1"), SEVEN);
    ledger.settle(reserve(ledger, "c1"), SEVEN);
    assertRefused(() -> reserve(ledger, "c1"), "The budget of the run is used up: $0.0000 of");
    assertThat(states()).containsExactly("settled", "settled");
    assertThat(ledger.remaining("c1").costMicros()).isEqualTo(6);
    assertThat(ledger.remaining("c1").tokens()).isNull();
  }

  @Test
  void tokensAndCandidatesHaveLimitsOfTheirOwn() {
    limit(new Budget(null, null, 15L, null));
    BudgetLedger first = pickUp();
    first.settle(reserve(first, "c1"), SEVEN);
    assertRefused(() -> reserve(first, "c1"), "The budget of c1 is used up");
    first.settle(reserve(first, "c2"), SEVEN);

    limit(new Budget(null, 150L, null, null));
    assertRefused(() -> reserve(pickUp(), "c3"), "140 tokens of 150 tokens");

    limit(new Budget(null, null, null, 169L));
    assertRefused(() -> reserve(pickUp(), "c1"), "c1 is used up: 70 tokens of 169");
  }

  @Test
  void waitsForCallsInFlightThatMayCostLessThanTheyReserved() throws Exception {
    limit(cost(19));
    BudgetLedger ledger = pickUp();
    Reservation first = reserve(ledger, "c1");
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Reservation> second = executor.submit(() -> reserve(ledger, "c2"));
      assertThat(states()).containsExactly("reserved");
      ledger.settle(first, SEVEN);
      ledger.settle(second.get(), SEVEN);
    }
    assertThat(states()).containsExactly("settled", "settled");
    assertRefused(() -> reserve(ledger, "c2"), "used up");
  }

  @Test
  void waitingForRoomEndsWithTheCancellation() throws Exception {
    limit(cost(19));
    BudgetLedger ledger = pickUp();
    reserve(ledger, "c1");
    Cancellation stop = new Cancellation();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> second = executor.submit(() -> ledger.reserve("c2", "c2/x", "model", TEN, stop));
      stop.cancel("enough");
      assertThatThrownBy(second::get).hasCauseInstanceOf(Cancellation.Cancelled.class);
    }
  }

  @Test
  void parallelCandidatesNeverOverdrawTogether() throws Exception {
    limit(cost(200));
    BudgetLedger ledger = pickUp();
    AtomicInteger made = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 1; i <= 40; i++) {
        String candidate = "c" + i;
        all.add(
            executor.submit(() -> {
              try {
                ledger.settle(reserve(ledger, candidate), new Spending(10, 1, 1, 0, 0, 0, true));
                made.incrementAndGet();
              } catch (WinnowException e) {
                refused.incrementAndGet();
              }
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(made).hasValue(20);
    assertThat(refused).hasValue(20);
    assertThat(new LedgerReader(database).spent(run).costMicros()).isEqualTo(200);
  }

  @Test
  void aCrashLeavesUnknownEntriesForExactlyTheCallsInFlight() {
    limit(cost(25));
    Lease lease = Lease.acquire(database, run, "node");
    BudgetLedger dying = new BudgetLedger(database, lease);
    CheckpointManager steps = new CheckpointManager(database, lease);
    steps.step(
        "c1/green/turn-1/call",
        1,
        String.class,
        () -> {
          dying.settle(reserve(dying, "c1"), SEVEN);
          return "";
        });
    List<Reservation> open = new ArrayList<>();
    Callable<String> inFlight =
        () -> {
          open.add(reserve(dying, "c2"));
          throw new IllegalStateException("killed here");
        };
    assertThatThrownBy(() -> steps.step("c2/green/turn-1/call", 1, String.class, inFlight));

    BudgetLedger next = pickUp();
    assertThat(states()).containsExactly("settled", "unknown");
    assertThat(entries().getLast().step()).isEqualTo("c2/green/turn-1/call");
    assertThat(entries().getLast().attempt()).isEqualTo(1);
    // it counts as reserved: 7 + 10 leave 8
    assertRefused(() -> reserve(next, "c2"), "used up");

    // the process was only paused: it can reserve nothing, but what it paid is known now
    dying.settle(open.getFirst(), SEVEN);
    assertThat(states()).containsExactly("settled", "late");
    assertThatThrownBy(() -> reserve(dying, "c1")).hasMessageContaining("took over");
    reserve(next, "c2");
  }

  @Test
  void aSecondAttemptOfAStepIsAnEntryOfItsOwn() {
    for (int i = 1; i <= 2; i++) {
      Lease lease = Lease.acquire(database, run, "node");
      BudgetLedger ledger = new BudgetLedger(database, lease);
      Callable<String> inFlight =
          () -> {
            reserve(ledger, "c1");
            throw new IllegalStateException("killed here");
          };
      assertThatThrownBy(() ->
          new CheckpointManager(database, lease)
              .step("c1/green/turn-1/call", 1, String.class, inFlight));
    }
    pickUp();
    assertThat(entries()).extracting(LedgerEntry::attempt).containsExactly(1, 2);
    assertThat(states()).containsOnly("unknown");
  }

  @Test
  void aRefusedCallLeavesNoStepWithAnUnknownOutcome() {
    limit(cost(5));
    Lease lease = Lease.acquire(database, run, "node");
    BudgetLedger ledger = new BudgetLedger(database, lease);
    CheckpointManager steps = new CheckpointManager(database, lease);
    Callable<String> refused = () -> reserve(ledger, "c1").toString();
    assertRefused(() -> steps.step("c1/green/turn-1/call", 1, String.class, refused), "used up");
    assertThat(database.query("select key from step where run_id = ?", r -> r.text("key"), run))
        .isEmpty();
  }

  @Test
  void payingClosesTheEntryHoweverTheCallEnds() {
    limit(cost(100));
    BudgetLedger ledger = pickUp();
    pay(ledger, () -> "answer");
    assertThatThrownBy(() ->
            pay(
                ledger,
                () -> {
                  throw new WinnowException(Category.AGENT, "401");
                }))
        .hasMessage("401");
    assertThatThrownBy(() ->
        pay(
            ledger,
            () -> {
              throw new Cancellation.Cancelled("time");
            }));
    assertThat(states()).containsExactly("settled", "failed", "unknown");
    assertThat(entries().get(1).reason()).isEqualTo("401");
    assertThat(ledger.remaining("c1").costMicros()).isEqualTo(100 - 7 - 10);
  }

  private String pay(BudgetLedger ledger, Supplier<String> call) {
    return ledger.pay("c1", "c1/x", "model", TEN, never, call, answer -> SEVEN);
  }

  @Test
  void aModelWithoutAPriceFitsNoBudgetInDollars() {
    Estimate unknown = new Estimate(OptionalLong.empty(), 100);
    BudgetLedger free = pickUp();
    Spending spent = new Spending(0, 50, 20, 0, 0, 0, false);
    free.settle(free.reserve("c1", "c1/x", "local", unknown, never), spent);
    assertThat(new LedgerReader(database).spent(run)).isEqualTo(spent);

    limit(cost(1_000_000));
    BudgetLedger limited = pickUp();
    assertRefused(
        () -> limited.reserve("c1", "c1/x", "local", unknown, never), "price of local is unknown");
  }

  @Test
  void whatAnAgentClaimsCannotOverflowTheSums() {
    limit(cost(100));
    BudgetLedger ledger = pickUp();
    ledger.settle(
        reserve(ledger, "c1"), new Spending(Long.MAX_VALUE, Long.MAX_VALUE, -5, 0, 0, 0, true));
    assertRefused(() -> reserve(ledger, "c1"), "used up");
  }
}
