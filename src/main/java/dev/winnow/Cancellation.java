package dev.winnow;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells work that it should stop, and why. Passed as a parameter to everything that can wait:
 * processes, model calls, queues. Thread-safe; the first reason wins.
 */
public final class Cancellation {

  /** Thrown by work that noticed the cancellation. */
  public static final class Cancelled extends RuntimeException {
    public Cancelled(String reason) {
      super(reason);
    }
  }

  /** Undoes a registration; closing it twice is harmless. */
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  private final Set<Runnable> actions = new LinkedHashSet<>();
  private @Nullable String reason;

  /** A cancellation that nobody will ever trigger. */
  public static Cancellation never() {
    return new Cancellation();
  }

  /** A cancellation that is also triggered when this one is. */
  public Cancellation child() {
    Cancellation child = new Cancellation();
    var _ = onCancel(() -> child.cancel(String.valueOf(reason())));
    return child;
  }

  /** Stops the work; every registered action runs once, on the calling thread. */
  public void cancel(String why) {
    List<Runnable> toRun;
    synchronized (this) {
      if (reason != null) {
        return;
      }
      reason = why;
      toRun = List.copyOf(actions);
      actions.clear();
    }
    toRun.forEach(Runnable::run);
  }

  /** Runs the action on cancellation, at once if it already happened. The action must not block. */
  public Registration onCancel(Runnable action) {
    // a wrapper, so that registering the same lambda twice gives two entries
    Runnable entry = () -> action.run();
    boolean now;
    synchronized (this) {
      now = reason != null;
      if (!now) {
        actions.add(entry);
      }
    }
    if (now) {
      action.run();
    }
    return () -> {
      synchronized (this) {
        actions.remove(entry);
      }
    };
  }

  public synchronized boolean isCancelled() {
    return reason != null;
  }

  /** Why it was cancelled, or null while it was not. */
  public synchronized @Nullable String reason() {
    return reason;
  }

  /**
   * Stops the caller if the work was cancelled.
   *
   * @throws Cancelled when the work should stop
   */
  public void check() {
    String why = reason();
    if (why != null) {
      throw new Cancelled(why);
    }
  }
}
