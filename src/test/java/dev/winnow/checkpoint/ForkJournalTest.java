package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ForkJournalTest {

  private static final Spending TEN = new Spending(10, 1, 1, 0, 0, 0, true);

  private static Database database;

  private UUID parent = new UUID(0, 0);
  private UUID fork = new UUID(0, 0);

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void createRuns() {
    parent = TestRun.in(database);
    fork = TestRun.in(database);
  }

  private static void paidStep(CheckpointManager steps, String key, Object result) {
    steps.step(
        key,
        "input",
        Object.class,
        () ->
            steps
                .ledger()
                .pay(
                    key.substring(0, 2),
                    key,
                    "model",
                    new Estimate(10, 2),
                    Cancellation.never(),
                    () -> result,
                    answer -> TEN));
  }

  private void copy(String at, boolean otherTask) {
    Checkpoint cut = Checkpoints.find(database, parent, at);
    database.inTransaction(transaction -> {
      ForkJournal.copy(transaction, parent, cut, fork, otherTask);
      return true;
    });
  }

  private List<String> keys(UUID run) {
    return database.query(
        "select key from step where run_id = ? order by key", row -> row.text("key"), run);
  }

  @Test
  void takesWhatWasRecordedByTheCutAndTheMoneyOfIt() {
    Lease lease = Lease.acquire(database, parent, "node");
    CheckpointManager steps = new CheckpointManager(database, lease);
    Checkpoints checkpoints = new Checkpoints(database, lease);
    paidStep(steps, "c1/red/turn-1/call", "reply");
    paidStep(steps, "tester/red/turn-1/call", "reply");
    paidStep(steps, "c1/red/turn-1/files", Map.of("tree", "abc"));
    checkpoints.mark("c1/tests", "red");
    paidStep(steps, "c1/green/turn-1/call", "reply");
    checkpoints.mark("c1/tests", "red"); // a resumed run comes here again
    checkpoints.mark("decided", "judge");

    assertThat(Checkpoints.list(database, parent))
        .extracting(Checkpoint::label)
        .containsExactly("c1/tests", "decided");
    Checkpoint first = Checkpoints.find(database, parent, "1");
    assertThat(first.trees()).containsExactly(Map.entry("c1", "abc"));
    assertThat(first.costMicros()).isEqualTo(30);
    assertThat(first.tokens()).isEqualTo(6);

    copy("c1/tests", true);
    assertThat(keys(fork)).containsExactly("c1/red/turn-1/call", "c1/red/turn-1/files");
    assertThat(keys(parent)).hasSize(4);
    assertThat(new LedgerReader(database).entries(fork))
        .hasSize(2)
        .allMatch(e -> parent.equals(e.origin()));
    assertThat(Checkpoints.list(database, fork)).hasSize(1);

    CheckpointManager forked = new CheckpointManager(database, Lease.acquire(database, fork, "n"));
    assertThat(forked.isInherited("c1/red/turn-1/call")).isTrue();
    assertThat(forked.inheritedAny("c2/")).isFalse();
    // taken as it is, whatever its input would be now
    assertThat(
            forked.step(
                "c1/red/turn-1/call",
                "another input",
                String.class,
                () -> {
                  throw new AssertionError("done again");
                }))
        .isEqualTo("reply");
    forked.tellAfterCut("news");
    assertThat(forked.newsBefore("c1/red/turn-1/call", "c1/")).isEmpty();
    assertThat(forked.newsBefore("c1/green/turn-1/call", "c1/")).contains("news");
    assertThat(forked.newsBefore("c2/green/turn-1/call", "c2/")).isEmpty();
  }

  @Test
  void aForkOfAForkNamesWhoPaidFirst() {
    Lease lease = Lease.acquire(database, parent, "node");
    CheckpointManager steps = new CheckpointManager(database, lease);
    paidStep(steps, "c1/red/turn-1/call", "reply");
    new Checkpoints(database, lease).mark("prepared", "prepare");
    copy("prepared", false);
    UUID first = parent;
    parent = fork;
    fork = TestRun.in(database);
    copy("prepared", false);
    assertThat(new LedgerReader(database).entries(fork))
        .singleElement()
        .matches(e -> first.equals(e.origin()));
  }

  @Test
  void anOldLeaseMarksNothing() {
    Lease old = Lease.acquire(database, parent, "node");
    Lease.acquire(database, parent, "other");
    assertThatThrownBy(() -> new Checkpoints(database, old).mark("late", "judge"))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("took over");
    assertThatThrownBy(() -> Checkpoints.find(database, parent, "1\nx"))
        .isInstanceOfSatisfying(
            WinnowException.class,
            e -> assertThat(e.category()).isEqualTo(WinnowException.Category.USAGE))
        .message()
        .doesNotContain("\n");
  }
}
