package dev.winnow.agent;

import dev.winnow.Cancellation;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends waits that seldom come to their end by time, such as those for a model. A timer for each of
 * them wakes the JVM's one thread for timers twice, which costs more than the rest of the wait; so
 * one thread looks at all of them twice a second. Thread-safe.
 */
public final class LongWaits {

  /** Shorter ones should have a timer of their own: whoever sets such a limit means it. */
  public static final Duration LONG = Duration.ofSeconds(5);

  private static final Duration BETWEEN = Duration.ofMillis(500);

  private record Wait(long until, Runnable end) {}

  private static final Map<Object, Wait> WAITS = new ConcurrentHashMap<>();
  private static final AtomicBoolean LOOKING = new AtomicBoolean();

  private LongWaits() {}

  /**
   * Runs the action when the time is over, or half a second later, unless the registration is
   * closed before, on a thread of its own. It may begin once after the close.
   */
  public static Cancellation.Registration end(Duration time, Runnable action) {
    Object key = new Object();
    WAITS.put(key, new Wait(System.nanoTime() + TimeUnit.NANOSECONDS.convert(time), action));
    if (!LOOKING.get() && LOOKING.compareAndSet(false, true)) {
      Thread.startVirtualThread(LongWaits::look);
    }
    return () -> WAITS.remove(key);
  }

  private static void look() {
    do {
      while (!WAITS.isEmpty()) {
        LockSupport.parkNanos(BETWEEN.toNanos());
        endThoseThatAreOver();
      }
      LOOKING.set(false);
    } while (!WAITS.isEmpty() && LOOKING.compareAndSet(false, true));
  }

  private static void endThoseThatAreOver() {
    long now = System.nanoTime();
    WAITS.forEach((key, wait) -> {
      if (now - wait.until() >= 0 && WAITS.remove(key) != null) {
        Thread.startVirtualThread(wait.end());
      }
    });
  }
}
