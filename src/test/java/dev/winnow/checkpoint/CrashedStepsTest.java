package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CrashedStepsTest {

  private final Database database = TestDatabase.fresh();
  private final UUID run = TestRun.in(database);

  @AfterEach
  void close() {
    database.close();
  }

  /** An intent without a result, as a process leaves it that is killed in the middle. */
  private void crashAt(String key) {
    Lease lease = Lease.acquire(database, run, "node");
    new StepStore(database, lease).begin(key, (int) lease.epoch(), StepInput.of("in"));
  }

  @Test
  void threeCrashesAtOneStepNameIt() {
    crashAt("c1/green/turn-2/call");
    crashAt("tests/abc/def");
    crashAt("tests/abc/def");
    Lease.acquire(database, run, "node");
    assertThat(CrashedSteps.of(database, run)).isEmpty();
    crashAt("tests/abc/def");
    Lease.acquire(database, run, "node");
    assertThat(CrashedSteps.of(database, run)).containsExactly("tests/abc/def");
  }

  @Test
  void aStepThatFailedOrWasCancelledDidNotCrash() {
    for (int i = 0; i < 4; i++) {
      CheckpointManager journal =
          new CheckpointManager(database, Lease.acquire(database, run, "node"));
      assertThatThrownBy(() ->
              journal.step(
                  "c1/call",
                  "in",
                  String.class,
                  () -> {
                    throw new dev.winnow.Cancellation.Cancelled("this node stops");
                  }))
          .hasMessage("this node stops");
    }
    assertThat(CrashedSteps.of(database, run)).isEmpty();
  }
}
