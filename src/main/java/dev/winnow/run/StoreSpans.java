package dev.winnow.run;

import dev.winnow.Fork;
import dev.winnow.checkpoint.Lease;
import dev.winnow.telemetry.RecordSpans;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what a run's spans are known of, every two seconds and at the end. A database that is away
 * costs the timeline nothing but time, and the run nothing at all.
 */
final class StoreSpans implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreSpans.class);

  private static final int SECONDS = 2;

  private final RecordSpans spans = new RecordSpans();
  private final TraceStore store;
  private final Lease lease;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  StoreSpans(TraceStore store, Lease lease) {
    this.store = store;
    this.lease = lease;
    this.thread = Thread.ofVirtual().name("timeline").start(Fork.carried(this::now));
  }

  RecordSpans spans() {
    return spans;
  }

  private void now() {
    try {
      while (!closed.await(SECONDS, TimeUnit.SECONDS)) {
        store();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void store() {
    List<RecordSpans.Recorded> taken = spans.take();
    if (taken.isEmpty()) {
      return;
    }
    try {
      store.save(lease, taken);
    } catch (RuntimeException e) {
      spans.giveBack(taken);
      LOG.debug("the timeline could not be stored", e);
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
    store();
  }
}
