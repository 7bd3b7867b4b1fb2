package dev.winnow.agent.cli;

import dev.winnow.Cancellation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Stops a program that gives no sign of life: both programs were seen to wait for ever. */
final class WatchSilence implements AutoCloseable {

  private final Thread watcher;
  private volatile boolean silent;

  WatchSilence(Duration limit, AtomicLong lastSign, Cancellation stop) {
    watcher =
        Thread.ofVirtual()
            .start(() -> {
              try {
                long left = limit.toNanos();
                while (left > 0) {
                  Thread.sleep(Duration.ofNanos(left));
                  left = limit.toNanos() - (System.nanoTime() - lastSign.get());
                }
                silent = true;
                stop.cancel("no sign of life");
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // it ended
              }
            });
  }

  boolean wasSilent() {
    return silent;
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
