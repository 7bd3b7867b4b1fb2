package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import dev.winnow.telemetry.CleanText;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CrashedStepsTest {

  private final Database database = TestDatabase.fresh();
  private final UUID run = TestRun.in(database);
  private int processes;

  @AfterEach
  void close() {
    database.close();
  }

  /** An intent without a result, as a process leaves it that is killed in the middle. */
  private void crashAt(String key) {
    Lease lease = Lease.acquire(database, run, "node-" + ++processes);
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

  /** The disk of the database was full when the step was over, say; it is tried again. */
  @Test
  void aProcessThatGoesOnDidNotCrash() {
    for (int i = 0; i < 4; i++) {
      Lease lease = Lease.acquire(database, run, "node");
      new StepStore(database, lease).begin("tests/abc", i + 1, StepInput.of("in"));
    }
    Lease.acquire(database, run, "node");
    assertThat(CrashedSteps.of(database, run)).isEmpty();
  }

  @Test
  void aNodeThatWasFrozenAndCameBackDidNotCrash() {
    for (int i = 0; i < 3; i++) {
      Lease frozen = Lease.acquire(database, run, "frozen-" + i);
      StepStore steps = new StepStore(database, frozen);
      steps.begin("c1/call", i + 1, StepInput.of("in"));
      Lease.acquire(database, run, "other-" + i);
      assertThatThrownBy(
              () -> steps.finish("c1/call", (int) frozen.epoch() / 2 + 1, CleanText.stored("1")))
          .hasMessageContaining("took over");
    }
    assertThat(CrashedSteps.of(database, run)).isEmpty();
  }
}
