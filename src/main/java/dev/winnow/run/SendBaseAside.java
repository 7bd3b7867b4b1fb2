package dev.winnow.run;

import dev.winnow.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the base available to other nodes while the run begins already: packing a large repository
 * takes seconds, and only a failover needs it.
 */
final class SendBaseAside implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SendBaseAside.class);

  private final Thread thread;

  private SendBaseAside(Thread thread) {
    this.thread = thread;
  }

  static SendBaseAside start(Database database, PreparedRun run) {
    return new SendBaseAside(
        Thread.ofVirtual()
            .start(() -> {
              if (database.isExternal()) {
                send(database, run);
              }
            }));
  }

  private static void send(Database database, PreparedRun run) {
    try {
      if (!CarryObjects.sendBase(database, run.mirror(), run.base())) {
        LOG.warn(
            "{} is too large to be sent to other nodes: its runs stay on nodes that have it",
            run.request().repository());
      }
    } catch (RuntimeException e) {
      LOG.warn("the base of run {} could not be sent: {}", run.id(), e.getMessage());
    }
  }

  @Override
  public void close() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
