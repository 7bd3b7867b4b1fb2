package dev.winnow.checkpoint;

import dev.winnow.Cancellation;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A run that this node has picked up, from pick-up to the end of the work on it. */
public final class HeldRun {

  /** Why the work on a run ends before the run does. */
  public enum Stop {
    /** Somebody cancelled the run. */
    CANCELLED("the run was cancelled"),
    /** This node stops; another one, or its next start, goes on. */
    NODE_STOPS("this node stops"),
    /** Another node has taken the run over. */
    LEASE_LOST("another node took the run over");

    private final String reason;

    Stop(String reason) {
      this.reason = reason;
    }
  }

  private final Claim claim;
  private final Lease lease;
  private final BooleanSupplier confirm;
  private final Cancellation cancellation = new Cancellation();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Stop stop;

  /**
   * @param confirm whether the queue still says that this node has the run
   */
  HeldRun(Claim claim, Lease lease, BooleanSupplier confirm) {
    this.claim = claim;
    this.lease = lease;
    this.confirm = confirm;
  }

  Claim claim() {
    return claim;
  }

  public Lease lease() {
    return lease;
  }

  /** Stops everything that works on the run. */
  public Cancellation cancellation() {
    return cancellation;
  }

  /** Why the work was stopped, or null while it was not. */
  public @Nullable Stop stop() {
    return stop;
  }

  /** Whether the work was stopped, or is before the time has passed. */
  public boolean stopsWithin(Duration time) {
    CountDownLatch stopped = new CountDownLatch(1);
    try (var _ = cancellation.onCancel(stopped::countDown)) {
      return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return stop != null;
    }
  }

  /** Asked before each step that costs: local as long as heartbeats arrive, else the database. */
  public void check() {
    if (stop != Stop.LEASE_LOST && !confirm.getAsBoolean()) {
      // given free by others, and maybe picked up by nobody yet: the lease alone would not tell
      stop(Stop.LEASE_LOST);
    }
    if (stop == Stop.LEASE_LOST) {
      throw lease.lost();
    }
  }

  /** The first reason counts, except that a lost lease wins over all. */
  public void stop(Stop why) {
    synchronized (this) {
      if (stop == null || why == Stop.LEASE_LOST) {
        stop = why;
      }
    }
    cancellation.cancel(why.reason);
  }

  void end() {
    ended.countDown();
  }

  void awaitEnd() {
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
