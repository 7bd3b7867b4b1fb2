package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps whose results are not waited for: what is on disk when, and after a takeover. */
@Timeout(60)
class PaidStepsTest {

  private static final Estimate TEN = new Estimate(10, 10);
  private static final Spending SEVEN = new Spending(7, 3, 4, 0, 0, 0, true);

  private static Database database;

  private final AtomicInteger calls = new AtomicInteger();
  private UUID run = new UUID(0, 0);

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

  private CheckpointManager pickUp() {
    return new CheckpointManager(database, Lease.acquire(database, run, "node"));
  }

  private String pay(CheckpointManager steps, String key, Supplier<String> model) {
    return steps.call(
        key,
        "in",
        () -> "in of another version",
        String.class,
        intent ->
            intent.pay(
                "c1",
                "model",
                TEN,
                Cancellation.never(),
                () -> {
                  calls.incrementAndGet();
                  return model.get();
                },
                answer -> SEVEN));
  }

  /** State of each step and of each entry. */
  private List<String> rows() {
    return database.query(
        """
        select kind || ' ' || state as found from (
          select 'step' as kind, state, key from step where run_id = ?
          union all select 'entry', state, step from ledger where run_id = ?) written
        order by key, kind, state
        """,
        row -> row.text("found"),
        run,
        run);
  }

  @Test
  void theIntentAndTheReservationAreOnDiskBeforeTheCall() {
    CheckpointManager steps = pickUp();
    String answer =
        pay(
            steps,
            "c1/call",
            () -> {
              assertThat(rows()).containsExactly("entry reserved", "step started");
              return "answer";
            });
    assertThat(answer).isEqualTo("answer");
    steps.flush();
    assertThat(rows()).containsExactly("entry settled", "step done");
    assertThat(pay(pickUp(), "c1/call", () -> "another")).isEqualTo("answer");
    assertThat(calls).hasValue(1);
  }

  @Test
  void everyResultIsOnDiskBeforeTheNextCallIsMadeAndBeforeTheWorkOfTheNextStep() {
    CheckpointManager steps = pickUp();
    String one = pay(steps, "c1/1/call", () -> "one");
    String two = steps.look("c1/1/look", "in", String.class, () -> one + "two");
    pay(
        steps,
        "c1/2/call",
        () -> {
          assertThat(rows())
              .containsExactly(
                  "entry settled", "step done", "step done", "entry reserved", "step started");
          return two;
        });
    String seen = steps.step("c1/2/tool", "in", String.class, () -> String.join(", ", rows()));
    assertThat(seen).doesNotContain("reserved").containsOnlyOnce("started");
  }

  @Test
  void whatWasInFlightAtATakeoverIsUnknownAndLateWhenItIsAnsweredAndNothingComesAfterIt() {
    CheckpointManager old = pickUp();
    pay(
        old,
        "c1/call",
        () -> {
          CheckpointManager owner = pickUp();
          assertThat(rows()).containsExactly("entry unknown", "step unknown");
          assertThat(pay(owner, "c1/call", () -> "new")).isEqualTo("new");
          owner.flush();
          return "old";
        });
    String _ = old.look("c1/look", "in", String.class, () -> "zombie's");
    assertThatThrownBy(old::flush).hasMessageContaining("took over");
    assertThatThrownBy(() -> pay(old, "c1/next", () -> "x")).hasMessageContaining("took over");
    assertThat(calls).hasValue(2);
    assertThat(
            database.query(
                "select key || ' ' || state as found from step where run_id = ? order by 1, epoch",
                row -> row.text("found"),
                run))
        .containsExactly("c1/call done", "c1/call late");
    assertThat(rows()).contains("entry late", "entry settled");
  }

  @Test
  void anInputThatAnotherVersionRecordedInItsFormIsTheSameInput() {
    CheckpointManager before = pickUp();
    String _ = before.step("c1/call", "in of another version", String.class, () -> "recorded");
    assertThat(pay(pickUp(), "c1/call", () -> "new")).isEqualTo("recorded");
    assertThat(calls).hasValue(0);
  }

  @Test
  void withoutTheLeaseNoCallIsMadeAndNothingIsLeft() {
    CheckpointManager old = pickUp();
    pickUp();
    assertThatThrownBy(() -> pay(old, "c1/call", () -> "zombie")).hasMessageContaining("took over");
    assertThat(calls).hasValue(0);
    assertThat(rows()).isEmpty();
  }

  @Test
  void aCallThatTheGuardForbidsIsNotMadeAndCountsNothing() {
    Lease lease = Lease.acquire(database, run, "node");
    CheckpointManager steps =
        new CheckpointManager(
            database,
            lease,
            () -> {
              throw lease.lost();
            });
    assertThatThrownBy(() -> pay(steps, "c1/call", () -> "x")).hasMessageContaining("took over");
    assertThat(calls).hasValue(0);
    assertThat(rows()).containsExactly("entry failed", "step unknown");
  }
}
