package dev.winnow.run;

import dev.winnow.Fork;
import dev.winnow.store.Database;
import java.util.Optional;
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

  static SendBaseAside start(Database database, PreparedRun run, Optional<CarryObjects> carrier) {
    return new SendBaseAside(
        Thread.ofVirtual()
            .start(Fork.carried(() -> carrier.ifPresent(c -> send(database, run, c)))));
  }

  private static void send(Database database, PreparedRun run, CarryObjects carrier) {
    try {
      carrier.sendBase(database);
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
