package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The fence's locks, each with two connections: one holds, the other is seen to wait. */
@Timeout(60)
class LeaseLocksTest {

  private final Database database = TestDatabase.fresh();
  private final UUID run = TestRun.in(database);
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() {
    database.close();
  }

  /** Runs the statement in a transaction that stays open until {@link #release}. */
  private CompletableFuture<Long> hold(String select) {
    CompletableFuture<Long> ended = new CompletableFuture<>();
    CountDownLatch holding = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          try {
            ended.complete(
                database.inTransaction(transaction -> {
                  // on a busy machine this takes longer than a frozen process gets
                  transaction.update("set local idle_in_transaction_session_timeout = 0");
                  long epoch =
                      transaction
                          .queryOne(select, row -> row.number("lease_epoch"), run)
                          .orElseThrow();
                  holding.countDown();
                  await(release);
                  return epoch;
                }));
          } catch (Throwable e) {
            ended.completeExceptionally(e);
          }
        });
    await(holding);
    return ended;
  }

  private static <T> CompletableFuture<T> start(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            result.complete(work.get());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The server itself says that somebody waits for a lock. */
  private void awaitWaiting() {
    long waiting = 0;
    while (waiting == 0) {
      waiting =
          database
              .queryOne(
                  "select count(*) as n from pg_stat_activity"
                      + " where datname = current_database() and wait_event_type = 'Lock'",
                  row -> row.number("n"))
              .orElseThrow();
    }
  }

  @Test
  void aWriteWaitsForATakeoverAndIsThenRefused() throws Exception {
    Lease old = Lease.acquire(database, run, "a");
    CheckpointManager journal = new CheckpointManager(database, old);
    // the first statement of a takeover
    CompletableFuture<Long> takeover = hold("select lease_epoch from run where id = ? for update");
    CompletableFuture<String> write =
        start(() -> journal.pure("c1/x", "in", String.class, () -> "out"));
    awaitWaiting();
    assertThat(write).isNotDone();
    CompletableFuture<Lease> next = start(() -> Lease.acquire(database, run, "b"));
    release.countDown();
    assertThat(takeover.get()).isEqualTo(1);
    assertThat(next.get().epoch()).isEqualTo(2);
    // whoever was first in the line of locks: either it was written before the takeover, or refused
    if (write.handle((result, failure) -> failure != null).get()) {
      assertThatThrownBy(write::join).hasRootCauseInstanceOf(WinnowException.class);
      assertThat(new CheckpointManager(database, next.get()).newest("c1/", "x", String.class))
          .isEmpty();
    }
  }

  @Test
  void aTakeoverWaitsForAWriteThatHasBegunAndSeesIt() throws Exception {
    Lease old = Lease.acquire(database, run, "a");
    // what each write of the journal begins with
    CompletableFuture<Long> write = hold("select lease_epoch from run where id = ? for key share");
    CompletableFuture<Lease> takeover = start(() -> Lease.acquire(database, run, "b"));
    awaitWaiting();
    assertThat(takeover).isNotDone();
    assertThat(old.holds(database)).isTrue();
    release.countDown();
    assertThat(write.get()).isEqualTo(old.epoch());
    assertThat(takeover.get().epoch()).isEqualTo(2);
    assertThat(old.holds(database)).isFalse();
  }

  @Test
  void writersOfOneLeaseDoNotWaitForEachOther() throws Exception {
    Lease lease = Lease.acquire(database, run, "a");
    CompletableFuture<Long> other = hold("select lease_epoch from run where id = ? for key share");
    CheckpointManager journal = new CheckpointManager(database, lease);
    assertThat(journal.step("c1/call", "in", String.class, () -> "out")).isEqualTo("out");
    assertThat(other).isNotDone();
    release.countDown();
    assertThat(other.get()).isEqualTo(1);
  }

  @Test
  void aRunWhoseRowIsLockedHoldsUpNoOtherRun() throws Exception {
    CheckpointManager locked = new CheckpointManager(database, Lease.acquire(database, run, "a"));
    List<CheckpointManager> others = new ArrayList<>();
    for (int i = 0; i < 6; i++) { // with some of them it shares what commits their writes
      UUID other = TestRun.in(database);
      others.add(new CheckpointManager(database, Lease.acquire(database, other, "a")));
    }
    CompletableFuture<Long> holder = hold("select lease_epoch from run where id = ? for update");
    CompletableFuture<String> first =
        start(() -> locked.pure("c1/x", "in", String.class, () -> "one"));
    CompletableFuture<String> second =
        start(() -> locked.pure("c2/x", "in", String.class, () -> "two"));
    awaitWaiting();
    for (CheckpointManager other : others) {
      assertThat(other.pure("c1/x", "in", String.class, () -> "out")).isEqualTo("out");
    }
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
    release.countDown();
    assertThat(List.of(first.get(), second.get())).containsExactly("one", "two");
    assertThat(holder.get()).isEqualTo(1);
    assertThat(locked.pure("c1/y", "in", String.class, () -> "three")).isEqualTo("three");
  }

  @Test
  void aPickUpThatIsVoidTakesNoLease() {
    database.inTransaction(transaction -> {
      RunQueue.add(transaction, run);
      return transaction.update(
          "update scheduled_tasks set picked = true, picked_by = 'a', version = 2");
    });
    assertThat(Lease.acquire(database, new Claim(run, "a", 3), "a")).isEmpty();
    assertThat(Lease.acquire(database, new Claim(run, "b", 2), "b")).isEmpty();
    assertThat(Lease.acquire(database, new Claim(run, "a", 2), "a"))
        .hasValueSatisfying(lease -> assertThat(lease.epoch()).isEqualTo(1));
  }

  @Test
  void aGuardThatSaysNoStopsAStepBetweenItsIntentAndItsWork() {
    Lease lease = Lease.acquire(database, run, "a");
    CheckpointManager journal =
        new CheckpointManager(
            database,
            lease,
            () -> {
              throw lease.lost();
            });
    assertThatThrownBy(() ->
            journal.step(
                "c1/call",
                "in",
                String.class,
                () -> {
                  throw new AssertionError("was paid");
                }))
        .hasMessageContaining("took over");
  }
}
