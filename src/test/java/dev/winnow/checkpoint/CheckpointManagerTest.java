package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.telemetry.Counted;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CheckpointManagerTest {

  record Answer(String text, int tokens) {}

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

  private Callable<Answer> counted(String text) {
    return () -> {
      calls.incrementAndGet();
      return new Answer(text, 7);
    };
  }

  private List<String> states(String key) {
    return database.query(
        "select state from step where run_id = ? and key = ? order by attempt",
        row -> row.text("state"),
        run,
        key);
  }

  @Test
  void aRecordedStepIsNotDoneAgainNeitherNowNorAfterTheNextPickUp() {
    CheckpointManager first = pickUp();
    Map<String, String> input = Map.of("b", "2", "a", "1");
    try (Counted metrics = new Counted()) {
      assertThat(metrics.in(() -> first.step("k", input, Answer.class, counted("one"))))
          .isEqualTo(new Answer("one", 7));
      assertThat(metrics.in(() -> first.step("k", input, Answer.class, counted("two"))))
          .isEqualTo(new Answer("one", 7));
      Map<String, String> same = Map.of("a", "1", "b", "2");
      assertThat(metrics.in(() -> pickUp().step("k", same, Answer.class, counted("three"))))
          .isEqualTo(new Answer("one", 7));
      assertThat(metrics.value("winnow_journal_writes_total")).isEqualTo(calls.get()).isOne();
      assertThat(metrics.value("winnow_journal_hits_total")).isEqualTo(2);
    }
    assertThat(states("k")).containsExactly("done");
  }

  @Test
  void pureStepsAreRecordedWithoutAnIntent() {
    assertThat(pickUp().pure("k", "in", Answer.class, counted("one")).text()).isEqualTo("one");
    assertThat(pickUp().pure("k", "in", Answer.class, counted("two")).text()).isEqualTo("one");
    assertThat(states("k")).containsExactly("done");
  }

  @Test
  void anotherInputForARecordedKeyIsAnErrorThatNamesBoth() {
    String common = "x".repeat(3_000);
    pickUp().step("k", common + "first\nprompt", Answer.class, counted("one"));
    assertThatThrownBy(() -> pickUp().step("k", common + "second", Answer.class, counted("two")))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("Step k")
        .hasMessageContaining("xfirst")
        .hasMessageContaining("xsecond")
        .message()
        .doesNotContain("\n")
        .hasSizeLessThan(700);
    assertThat(calls).hasValue(1);
  }

  @Test
  void whatJsonCanHoldComesBackToTheCharacter() {
    String hostile = "\0 \\u0000 \ud800 \udc00x \ud83d\ude00 \u2028 \"\\";
    CheckpointManager steps = pickUp();
    assertThat(steps.step("k", hostile, String.class, () -> hostile)).isEqualTo(hostile);
    assertThat(pickUp().step("k", hostile, String.class, () -> "again")).isEqualTo(hostile);
  }

  @Test
  void aResultOfTenMegabytesIsKeptAndALargerOneRefusedForGood() {
    String large = "y".repeat((10 << 20) - 2);
    pickUp().step("k", "in", String.class, () -> large);
    assertThat(pickUp().step("k", "in", String.class, () -> "again")).isEqualTo(large);

    assertThatThrownBy(() -> pickUp().step("l", "in", String.class, () -> large + "y"))
        .hasMessageContaining("too large");
    assertThatThrownBy(() -> pickUp().step("l", "in", String.class, () -> "again"))
        .hasMessageContaining("too large");
  }

  @Test
  void aFinalFailureIsRecordedAndThrownAgain() {
    assertThatThrownBy(() -> pickUp().step("k", "in", Answer.class, failing(Category.AGENT)))
        .hasMessage("broken 1");
    assertThatThrownBy(() -> pickUp().step("k", "in", Answer.class, failing(Category.AGENT)))
        .isInstanceOfSatisfying(
            WinnowException.class, e -> assertThat(e.category()).isEqualTo(Category.AGENT))
        .hasMessage("broken 1");
    assertThat(states("k")).containsExactly("failed");
  }

  private Callable<Answer> failing(Category category) {
    return () -> {
      throw new WinnowException(category, "broken " + calls.incrementAndGet());
    };
  }

  @Test
  void otherFailuresAndCancellationLeaveTheStepToBeDoneAgain() {
    CheckpointManager steps = pickUp();
    assertThatThrownBy(() -> steps.step("k", "in", Answer.class, failing(Category.INFRASTRUCTURE)))
        .hasMessage("broken 1");
    assertThatThrownBy(() ->
            steps.step(
                "k",
                "in",
                Answer.class,
                () -> {
                  throw new Cancellation.Cancelled("stop");
                }))
        .isInstanceOf(Cancellation.Cancelled.class);
    assertThat(steps.step("k", "in", Answer.class, counted("one")).text()).isEqualTo("one");
    assertThat(states("k")).containsExactly("unknown", "unknown", "done");
  }

  @Test
  void anAnswerThatArrivesAfterATakeoverIsKeptForTheLedgerButNotUsed() {
    CheckpointManager old = pickUp();
    assertThatThrownBy(() ->
            old.step(
                "k",
                "in",
                Answer.class,
                () -> {
                  assertThat(pickUp().step("k", "in", Answer.class, counted("new")).text())
                      .isEqualTo("new");
                  return new Answer("old", 1);
                }))
        .hasMessageContaining("took over");
    assertThat(states("k")).containsExactly("late", "done");
    assertThat(pickUp().step("k", "in", Answer.class, counted("again")).text()).isEqualTo("new");
  }

  @Test
  void theOldOwnerCanNeitherCallNorRecordAfterATakeover() {
    CheckpointManager old = pickUp();
    pickUp();
    assertThatThrownBy(() -> old.step("k", "in", Answer.class, counted("one")))
        .hasMessageContaining("took over");
    assertThatThrownBy(() -> old.pure("l", "in", Answer.class, counted("one")))
        .hasMessageContaining("took over");
    assertThat(calls).hasValue(1); // the pure one, which costs nothing
    assertThat(states("k")).isEmpty();
    assertThat(states("l")).isEmpty();
  }

  @Test
  void oneKeyCannotBeAtWorkTwice() {
    CheckpointManager steps = pickUp();
    assertThatThrownBy(() ->
            steps.step(
                "k",
                "in",
                Answer.class,
                () -> steps.step("k", "in", Answer.class, counted("inner"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("running already");
  }

  @Test
  void manyBranchesRecordTheirStepsAtOnce() throws Exception {
    CheckpointManager steps = pickUp();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        String key = "branch/" + i;
        var _ = executor.submit(() -> steps.step(key, key, Answer.class, counted(key)));
      }
    }
    CheckpointManager next = pickUp();
    for (int i = 0; i < 100; i++) {
      String key = "branch/" + i;
      assertThat(next.step(key, key, Answer.class, counted("again")).text()).isEqualTo(key);
    }
    assertThat(calls).hasValue(100);
  }

  @Test
  void aTakeoverWaitsForTheIntentThatIsBeingWrittenAndMarksItUnknown() throws Exception {
    Lease old = Lease.acquire(database, run, "old");
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch mayCommit = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var writer =
          executor.submit(() ->
              database.inTransaction(transaction -> {
                transaction.update(
                    """
                    insert into step (run_id, key, epoch, state, input_hash, input)
                    select r.id, 'k', ?, 'started', '\\x00', 'in' from run r
                    where r.id = ? and r.lease_epoch = ? for key share of r
                    """,
                    old.epoch(),
                    run,
                    old.epoch());
                written.countDown();
                await(mayCommit);
                return 0;
              }));
      written.await();
      var takeover = executor.submit(() -> Lease.acquire(database, run, "new"));
      awaitBlocked("for update");
      assertThat(takeover).isNotDone();
      mayCommit.countDown();
      writer.get();
      assertThat(takeover.get().epoch()).isEqualTo(old.epoch() + 1);
    }
    assertThat(states("k")).containsExactly("unknown");
  }

  @Test
  void anIntentThatWaitedForATakeoverIsFenced() throws Exception {
    CheckpointManager old = pickUp();
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch mayCommit = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var takeover =
          executor.submit(() ->
              database.inTransaction(transaction -> {
                transaction.queryOne(
                    "select lease_epoch from run where id = ? for update",
                    row -> row.number("lease_epoch"),
                    run);
                transaction.update(
                    "update run set lease_epoch = lease_epoch + 1 where id = ?", run);
                locked.countDown();
                await(mayCommit);
                return 0;
              }));
      locked.await();
      var step = executor.submit(() -> old.step("k", "in", Answer.class, counted("zombie")));
      awaitBlocked("insert into step");
      mayCommit.countDown();
      takeover.get();
      assertThatThrownBy(step::get).hasMessageContaining("took over");
    }
    assertThat(calls).hasValue(0);
    assertThat(states("k")).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Until the server itself reports that a statement with this text waits for a lock. */
  private static void awaitBlocked(String statement) {
    while (database
        .query(
            """
            select 1 as n from pg_stat_activity where datname = current_database()
              and wait_event_type = 'Lock' and query like '%' || ? || '%'
            """,
            row -> row.number("n"), statement)
        .isEmpty()) {
      Thread.onSpinWait();
    }
  }
}
