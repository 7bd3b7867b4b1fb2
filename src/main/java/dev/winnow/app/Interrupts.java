package dev.winnow.app;

import dev.winnow.Cancellation;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into a cancellation, and holds the JVM until the command has cleaned up.
 * The JVM itself then ends with 128 + signal.
 */
final class Interrupts {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Cancellation cancellation = new Cancellation();
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean active;

  /** The cancellation of the command; the first call starts to listen for signals. */
  synchronized Cancellation listen() {
    if (!active) {
      active = true;
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::stop));
    }
    return cancellation;
  }

  /** Whether a signal came, so that a shutdown is under way. */
  boolean interrupted() {
    return cancellation.isCancelled();
  }

  /** The command has ended by itself, or has cleaned up after the cancellation. */
  void finished() {
    finished.countDown();
  }

  private void stop() {
    if (finished.getCount() == 0) {
      return;
    }
    cancellation.cancel("interrupted");
    try {
      boolean _ = finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
