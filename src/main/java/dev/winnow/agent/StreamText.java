package dev.winnow.agent;

import dev.winnow.checkpoint.RunEvent;
import dev.winnow.telemetry.RedactChunks;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Turns the pieces of a streaming reply into events: one a second at most, since each is a write to
 * the database. A reply that speaks for less than a second makes none; it is told whole when it
 * ends.
 */
final class StreamText implements Consumer<ModelDelta> {

  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_CHARS = 16_000;

  private final String candidate;
  private final Consumer<RunEvent> events;
  private final String purpose;
  private final int turn;
  private final LongSupplier nanos;
  private final RedactChunks clean = new RedactChunks();
  private final StringBuilder waiting = new StringBuilder();
  private boolean begun;
  private long last;

  StreamText(
      String candidate, Consumer<RunEvent> events, String purpose, int turn, LongSupplier nanos) {
    this.candidate = candidate;
    this.events = events;
    this.purpose = purpose;
    this.turn = turn;
    this.nanos = nanos;
  }

  @Override
  public void accept(ModelDelta delta) {
    switch (delta) {
      case ModelDelta.Text text -> {
        waiting.append(clean.add(text.text()));
        long now = nanos.getAsLong();
        if (!begun) {
          begun = true;
          last = now;
        }
        if (now - last >= INTERVAL && !waiting.isEmpty()) {
          last = now;
          events.accept(new RunEvent.ModelTextPart(candidate, purpose, turn, takeEnd()));
        }
      }
      case ModelDelta.ToolCallPart _, ModelDelta.Wasted _ -> {
        // arguments are of interest when the call is made
      }
      case ModelDelta.Retrying retrying -> {
        waiting.setLength(0);
        String _ = clean.end();
        events.accept(
            new RunEvent.ModelRetried(
                candidate,
                purpose,
                turn,
                retrying.attempt(),
                retrying.why(),
                retrying.delay().toMillis()));
      }
    }
  }

  /** What waits, or its end when that is more than anybody reads in a second. */
  private String takeEnd() {
    String text = waiting.substring(Math.max(0, waiting.length() - MAX_CHARS));
    waiting.setLength(0);
    return text;
  }
}
