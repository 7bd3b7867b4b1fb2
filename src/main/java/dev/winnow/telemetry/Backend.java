package dev.winnow.telemetry;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one back end while it is in use: how much it did not take, and that this was
 * said once.
 */
final class Backend {

  private static final Logger LOG = LoggerFactory.getLogger(Backend.class);

  /** Why something did not get there. */
  enum Loss {
    QUEUE_FULL,
    FAILED
  }

  private final String name;
  private final AtomicLong full = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean works = true;

  Backend(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void lost(int count, Loss why) {
    switch (why) {
      case QUEUE_FULL -> full.addAndGet(count);
      case FAILED -> {
        works = false;
        failed.addAndGet(count);
      }
    }
    if (told.compareAndSet(false, true)) {
      LOG.warn(
          "telemetry: {} does not take what it is sent; runs go on, what is lost is counted in winnow_telemetry_dropped_total",
          name);
    }
  }

  void took() {
    works = true;
  }

  /** Whether the last attempt went well: a broken one is not waited for at the end. */
  boolean works() {
    return works;
  }

  long lost(Loss why) {
    return switch (why) {
      case QUEUE_FULL -> full.get();
      case FAILED -> failed.get();
    };
  }
}
