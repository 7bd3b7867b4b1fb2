package dev.winnow.app;

import java.nio.file.Files;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries the sandbox out while the database opens; each takes a part of a second. */
final class TrySandbox {

  private static final Logger LOG = LoggerFactory.getLogger(TrySandbox.class);

  private final FutureTask<Object> trial;

  private TrySandbox(FutureTask<Object> trial) {
    this.trial = trial;
  }

  /**
   * @param optional whether none will do
   */
  static TrySandbox start(ThisMachine machine, Settings settings, boolean optional) {
    FutureTask<Object> trial = new FutureTask<>(() -> tryOut(machine, optional), machine);
    if (Files.isDirectory(settings.dataDirectory())) {
      Thread.ofPlatform().daemon().name("try-sandbox").start(trial);
    } else {
      trial.cancel(false);
    }
    return new TrySandbox(trial);
  }

  private static void tryOut(ThisMachine machine, boolean optional) {
    try {
      Object _ = machine.sandbox(optional);
    } catch (RuntimeException e) {
      LOG.debug("said by whoever needs the sandbox", e);
    }
  }

  /** Until it is over: it leaves nothing in the data directory when it ended by itself. */
  void await() {
    if (trial.isCancelled()) {
      return;
    }
    try {
      Object _ = trial.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
