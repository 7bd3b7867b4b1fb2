package dev.winnow.agent.provider;

import dev.winnow.Cancellation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the calls to one provider: so many at the same time, so many started within a window, and
 * none while the provider wants to be left alone. Who came first goes first; waiting can be
 * cancelled and has an end.
 */
final class ProviderLimiter {

  /** A place among the running calls. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  private final int concurrency;
  private final int perWindow;
  private final long window;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Long> queue = new ArrayDeque<>();
  private final Deque<Long> started = new ArrayDeque<>();
  private long tickets;
  private int running;
  private long heldUntil = System.nanoTime();

  /**
   * @param perWindow calls started in any stretch of time as long as {@code window}
   */
  ProviderLimiter(int concurrency, int perWindow, Duration window) {
    this.concurrency = concurrency;
    this.perWindow = perWindow;
    this.window = window.toNanos();
  }

  static ProviderLimiter of(ProviderLimits limits) {
    return new ProviderLimiter(limits.concurrency(), limits.perMinute(), Duration.ofMinutes(1));
  }

  /**
   * Waits for its turn.
   *
   * @throws Cancellation.Cancelled when the call was cancelled meanwhile
   * @throws ProviderFailure when the call's time is over
   */
  Place enter(Attempt attempt) {
    try (var _ = attempt.cancellation().onCancel(this::wake)) {
      lock.lock();
      long ticket = tickets++;
      queue.add(ticket);
      try {
        while (true) {
          attempt.cancellation().check();
          if (attempt.left() <= 0) {
            throw attempt.outOfTime();
          }
          long now = System.nanoTime();
          long wait = waitOf(ticket, now);
          if (wait <= 0) {
            running++;
            if (perWindow < Integer.MAX_VALUE) {
              started.add(now);
            }
            return this::leave;
          }
          changed.await(Math.min(wait, attempt.left()), TimeUnit.NANOSECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Cancellation.Cancelled("interrupted");
      } finally {
        queue.remove(ticket);
        changed.signalAll();
        lock.unlock();
      }
    }
  }

  /** 0 when it may go, or for how long nothing can change unless somebody signals. */
  private long waitOf(long ticket, long now) {
    if (queue.element() != ticket || running >= concurrency) {
      return Long.MAX_VALUE;
    }
    if (heldUntil - now > 0) {
      return heldUntil - now;
    }
    while (!started.isEmpty() && now - started.element() >= window) {
      started.remove();
    }
    return started.size() < perWindow ? 0 : started.element() + window - now;
  }

  /** Nobody goes for this long: the provider said that it will take no request before. */
  void hold(Duration wait) {
    lock.lock();
    try {
      long until = System.nanoTime() + wait.toNanos();
      heldUntil = until - heldUntil > 0 ? until : heldUntil;
    } finally {
      lock.unlock();
    }
  }

  /** How many wait for their turn. */
  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      running--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
