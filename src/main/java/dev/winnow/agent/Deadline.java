package dev.winnow.agent;

import dev.winnow.Cancellation;
import java.time.Duration;
import java.util.Locale;

/** A cancellation that triggers itself when the time of a phase is over. */
public final class Deadline implements AutoCloseable {

  private final String reason;
  private final Cancellation cancellation;
  private final Cancellation.Registration timer;

  public Deadline(Duration time, Cancellation outer) {
    String shown = time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    this.reason = "the time limit of " + shown + " is over";
    this.cancellation = outer.child();
    Runnable over = () -> cancellation.cancel(reason);
    this.timer =
        time.compareTo(LongWaits.LONG) < 0 ? exactly(time, over) : LongWaits.end(time, over);
  }

  private static Cancellation.Registration exactly(Duration time, Runnable over) {
    Thread timer =
        Thread.startVirtualThread(() -> {
          try {
            Thread.sleep(time);
            over.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed: the phase ended in time
          }
        });
    return timer::interrupt;
  }

  public Cancellation cancellation() {
    return cancellation;
  }

  /** Whether it was the time that stopped the work, and not somebody. */
  public boolean passed() {
    return reason.equals(cancellation.reason());
  }

  public String reason() {
    return reason;
  }

  @Override
  public void close() {
    timer.close();
  }
}
