package dev.winnow.app;

import dev.winnow.run.CleanUp;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cleans up every hour, for as long as a node is at work. */
final class Housekeeping implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private static final Duration PAUSE = Duration.ofHours(1);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private Housekeeping(Services services, Consumer<String> said) {
    this.thread = Thread.ofVirtual().unstarted(() -> run(services, said));
  }

  static Housekeeping start(Services services, Consumer<String> said) {
    Housekeeping housekeeping = new Housekeeping(services, said);
    housekeeping.thread.start();
    return housekeeping;
  }

  private void run(Services services, Consumer<String> said) {
    try {
      do {
        try {
          CleanUp.Cleaned cleaned = services.cleanUp(false);
          if (!cleaned.runs().isEmpty()) {
            said.accept(
                "winnow: took away the journals of %d old runs".formatted(cleaned.runs().size()));
          }
        } catch (RuntimeException e) {
          LOG.warn("housekeeping: {}", e.getMessage());
        }
      } while (!closed.await(PAUSE.toMinutes(), TimeUnit.MINUTES));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
