package dev.winnow.http;

import dev.winnow.Cancellation;
import dev.winnow.spec.Spec;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets models work on specs while clients wait a little, or look again later. When the server stops
 * they are cancelled: what was answered is recorded, and whoever looks again goes on from there.
 */
final class HoldInterviews implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HoldInterviews.class);

  /** Models may take minutes; the client then looks again. */
  private static final long WAIT_SECONDS = 2;

  private static final long STOP_SECONDS = 5;

  private final Cancellation stop = new Cancellation();
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();

  /**
   * Goes on also when the client does not wait: what models answer is paid for, and kept.
   *
   * @return what came of it; empty when it takes longer
   */
  Optional<Spec> work(Function<Cancellation, Spec> work) {
    CompletableFuture<Spec> done = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .name("interview")
            .unstarted(() -> {
              try {
                done.complete(work.apply(stop));
              } catch (RuntimeException e) {
                if (!done.completeExceptionally(e)) {
                  LOG.debug("an interview that nobody waits for", e);
                }
              } finally {
                running.remove(Thread.currentThread());
              }
            });
    running.add(thread);
    thread.start();
    try {
      return Optional.of(done.get(WAIT_SECONDS, TimeUnit.SECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Cancellation.Cancelled) {
        return Optional.empty();
      }
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The database is closed after this: nobody may still be at work. */
  @Override
  public void close() {
    stop.cancel("the server stops");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    try {
      for (Thread thread : running) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || !thread.join(java.time.Duration.ofNanos(left))) {
          LOG.warn("an interview does not stop");
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
