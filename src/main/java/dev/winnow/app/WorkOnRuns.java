package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunNode;
import dev.winnow.checkpoint.WorkOnRun;
import dev.winnow.run.CancelRun;
import dev.winnow.run.ChangeRun;
import dev.winnow.run.DeliverApproved;
import dev.winnow.store.Database;
import dev.winnow.telemetry.TelemetryCollector;
import dev.winnow.workspace.WorkDirectory;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes this process a node: for one run that somebody waits for, or for the whole queue. */
final class WorkOnRuns {

  private static final Logger LOG = LoggerFactory.getLogger(WorkOnRuns.class);

  /** For approved changes whose person's process died, which is rare. */
  private static final Duration OFTEN = Duration.ofSeconds(10);

  private final Database database;
  private final ThisMachine machine;
  private final TelemetryCollector telemetry;

  WorkOnRuns(Database database, ThisMachine machine, TelemetryCollector telemetry) {
    this.telemetry = telemetry;
    this.database = database;
    this.machine = machine;
  }

  /**
   * Works on one run, if nobody else does, and shows its events from the first to the last. When
   * the caller is cancelled, so is the run, wherever it is worked on.
   */
  void until(UUID run, Consumer<RecordedEvent> view, Cancellation cancellation) {
    CancelRun cancel = new CancelRun(database);
    try (RunNode node = start(Optional.of(Set.of(run)));
        var _ =
            cancellation.onCancel(() -> {
              if (!node.cancel(run)) {
                Thread.ofVirtual().start(() -> cancel.cancel(run));
              }
            })) {
      // the view reads the log like any other client, so that it shows what watching would show
      telemetry.collecting(() -> {
        new EventReader(database).follow(run, 0, view, Cancellation.never());
        return run;
      });
    }
  }

  /** Works on whatever is queued until the caller is cancelled. */
  void untilStopped(Cancellation cancellation) {
    int _ = WorkDirectory.sweep(machine.dataDirectory());
    CountDownLatch stopped = new CountDownLatch(1);
    try (RunNode _ = start(Optional.empty());
        var _ = cancellation.onCancel(stopped::countDown)) {
      DeliverApproved left =
          new DeliverApproved(database, machine.dataDirectory(), machine.snapshots());
      do {
        deliver(left);
      } while (!stopped.await(OFTEN.toSeconds(), TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void deliver(DeliverApproved left) {
    try {
      int _ = left.all();
    } catch (RuntimeException e) {
      LOG.debug("the database does not answer", e);
    }
  }

  private RunNode start(Optional<Set<UUID>> only) {
    WorkOnRun change = new ChangeRun(database, machine.machine(), telemetry);
    return RunNode.start(database, machine.node(only), change);
  }
}
