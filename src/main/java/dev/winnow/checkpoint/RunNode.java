package dev.winnow.checkpoint;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.store.Database;
import dev.winnow.telemetry.TelemetryCollector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that works on runs of the queue: it picks them up, keeps their leases alive, and stops
 * the work on those that were cancelled or that another node has taken over. db-scheduler does the
 * picking and the threads; {@link ClaimRuns} says what is picked, {@link KeepLeases} keeps it, and
 * {@link WatchLeases} sees what is over.
 */
public final class RunNode implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunNode.class);

  /** The library's own heartbeats are not used: {@link KeepLeases}. */
  private static final Duration NEVER = Duration.ofDays(1);

  /** Notifications wake a node at once; this is for those that got lost. */
  private static final Duration POLL = Duration.ofSeconds(2);

  private static final Duration DEFECT_PAUSE = Duration.ofSeconds(5);

  private final Database database;
  private final NodeOptions options;
  private final WorkOnRun work;
  private final Map<UUID, HeldRun> held = new ConcurrentHashMap<>();
  private final Scheduler scheduler;
  private final WatchLeases watch;
  private final KeepLeases leases;
  private final DatabaseClock clock;
  private volatile boolean stopping;

  private RunNode(Database database, NodeOptions options, WorkOnRun work) {
    this.database = database;
    this.options = options;
    this.work = work;
    this.clock = new DatabaseClock(database);
    String name = schedulerName(options.name());
    this.leases = new KeepLeases(database, name);
    CustomTask<Void> task =
        Tasks.custom(RunQueue.TASK, Void.class)
            // a defect of this class; the watch gives the run free when its heartbeat is old
            .onFailure((complete, operations) -> {})
            .onDeadExecution((complete, operations) -> {})
            .execute((instance, context) -> {
              Execution picked = context.getExecution();
              TelemetryCollector.about(
                  picked.taskInstance.getId(),
                  () -> {
                    work(picked);
                    return picked;
                  });
              return (complete, operations) -> {};
            });
    this.scheduler =
        Scheduler.create(database.separateConnections(), List.of(task))
            // a name of its own for each start: a row that an earlier one picked is not ours
            .schedulerName(new SchedulerName.Fixed(name))
            .jdbcCustomization(new ClaimRuns(database, options))
            .threads(options.runs())
            .executorService(Executors.newVirtualThreadPerTaskExecutor())
            .pollUsingLockAndFetch(0.99, 1.0)
            .pollingInterval(POLL)
            .heartbeatInterval(NEVER)
            .missedHeartbeatsLimit(4)
            .clock(clock)
            .shutdownMaxWait(Duration.ofSeconds(20))
            .failureLogging(LogLevel.OFF, false)
            .build();
    this.watch = new WatchLeases(database, options, held, clock, this::look);
  }

  /** At most 50 characters, as the library cuts the name in one place and not in another. */
  private static String schedulerName(String node) {
    String random = Ids.next().toString().substring(24);
    return node.substring(0, Math.min(36, node.length())) + "/" + random;
  }

  /** Starts to work; runs that are due are picked up at once. */
  public static RunNode start(Database database, NodeOptions options, WorkOnRun work) {
    RunNode node = new RunNode(database, options, work);
    node.watch.start();
    node.leases.start();
    node.scheduler.start();
    return node;
  }

  /** Looks for due runs now. */
  public void look() {
    if (!stopping) {
      scheduler.triggerCheckForDueExecutions();
    }
  }

  /** Cancels a run that this node works on; false when it does not. */
  public boolean cancel(UUID run) {
    HeldRun mine = held.get(run);
    if (mine == null) {
      return false;
    }
    mine.stop(HeldRun.Stop.CANCELLED);
    return true;
  }

  private void work(Execution execution) {
    UUID id = UUID.fromString(execution.taskInstance.getId());
    Claim claim = new Claim(id, execution.pickedBy, execution.version);
    leases.add(claim, Duration.between(execution.lastHeartbeat, clock.now()));
    HeldRun before = held.get(id);
    if (before != null) {
      // this node lost the run for a moment, and got it again
      before.stop(HeldRun.Stop.LEASE_LOST);
      before.awaitEnd();
    }
    Ending ending = new Ending.Again(DEFECT_PAUSE);
    HeldRun mine = null;
    try {
      Optional<Lease> lease = Lease.acquire(database, claim, options.name());
      if (lease.isEmpty()) {
        return;
      }
      mine = new HeldRun(claim, lease.get(), () -> confirm(claim));
      held.put(id, mine);
      if (stopping) {
        mine.stop(HeldRun.Stop.NODE_STOPS);
      }
      ending = work.work(mine);
    } catch (WinnowException e) {
      // the database is away, or the run is somebody else's: no word about the run
      LOG.warn("the work on run {} ended: {}", id, e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("internal error while working on run {}", id, e);
      ending = defect(claim, mine, e);
    } finally {
      try {
        settle(claim, ending);
      } finally {
        leases.remove(claim); // whatever happens: else the run is nobody's, and kept for ever
        if (mine != null) {
          held.remove(id, mine);
          mine.end();
        }
      }
    }
  }

  /** As after crashes: what fails three times in the same way is given up. */
  private Ending defect(Claim claim, @Nullable HeldRun mine, RuntimeException defect) {
    try {
      if (mine != null && RunQueue.countDefect(database, claim) >= CrashedSteps.TOO_OFTEN) {
        return work.giveUp(
            mine,
            "Winnow has a defect that ended the work on the run %d times: %s."
                .formatted(CrashedSteps.TOO_OFTEN, defect));
      }
    } catch (RuntimeException e) {
      LOG.error("run {} could not be given up", claim.run(), e);
    }
    return new Ending.Again(DEFECT_PAUSE);
  }

  private void settle(Claim claim, Ending ending) {
    try {
      RunQueue.settle(database, claim, ending);
      if (ending instanceof Ending.Done && options.hasLimits()) {
        database.announce(RunQueue.DUE, ""); // there is room for a run that waits elsewhere
      }
    } catch (RuntimeException e) {
      // the heartbeat ends with this method, so the run is given free in a few seconds
      LOG.warn("run {} could not be settled: {}", claim.run(), e.getMessage());
    }
  }

  /** As long as heartbeats arrive nobody can have taken the run. */
  private boolean confirm(Claim claim) {
    return leases.isFresh(claim) || WatchLeases.holds(database, claim);
  }

  /** Stops the work on all runs, gives them back to the queue, and waits for it. */
  @Override
  public void close() {
    stopping = true;
    scheduler.pause();
    held.values().forEach(run -> run.stop(HeldRun.Stop.NODE_STOPS));
    scheduler.stop();
    leases.close();
    watch.close();
  }
}
