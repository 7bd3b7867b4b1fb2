package dev.winnow.app;

import dev.winnow.checkpoint.WhyQueued;
import dev.winnow.checkpoint.WhyQueued.Away;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells whoever watches a run when its node falls silent, and when another one goes on. */
final class TellSilence implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TellSilence.class);

  private final UUID run;
  private final WhyQueued queue;
  private final Consumer<String> said;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().unstarted(this::look);

  private TellSilence(UUID run, WhyQueued queue, Consumer<String> said) {
    this.run = run;
    this.queue = queue;
    this.said = said;
  }

  static TellSilence start(UUID run, WhyQueued queue, Consumer<String> said) {
    TellSilence tell = new TellSilence(run, queue, said);
    tell.thread.start();
    return tell;
  }

  private void look() {
    Optional<Away> before = Optional.empty();
    try {
      do {
        Optional<Away> now = before;
        try {
          now = queue.away(run);
        } catch (RuntimeException e) {
          LOG.debug("the database does not answer", e);
        }
        if (!now.equals(before)) {
          said.accept("winnow: " + line(now));
        }
        before = now;
      } while (!closed.await(1, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String line(Optional<Away> away) {
    if (away.isEmpty()) {
      return "a node goes on with the run.";
    }
    return away.get().goesOn()
        ? "the node of the run does not answer: another one takes the run over in a few seconds."
        : "the node of the run does not answer, and no other node can take the run over: start one with 'winnow node', or go on here with 'winnow runs resume %s'."
            .formatted(run);
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
