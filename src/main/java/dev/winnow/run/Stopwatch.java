package dev.winnow.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does something when a time has passed, unless it was closed before. */
final class Stopwatch implements AutoCloseable {

  private final CountDownLatch closed = new CountDownLatch(1);

  Stopwatch(Duration limit, Runnable whenOver) {
    Thread _ =
        Thread.ofVirtual()
            .start(() -> {
              try {
                if (!closed.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                  whenOver.run();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
