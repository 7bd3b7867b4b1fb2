package dev.winnow.telemetry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the spans of one run for its timeline, whether there is a back end or not. Bounded:
 * what does not fit any more is left out. Thread-safe.
 */
public final class RecordSpans {

  /** A run of hours has some thousands. */
  private static final int MOST = 20_000;

  private static final int LONGEST_NAME = 200;

  /**
   * A span as it is known now.
   *
   * @param id from 1, in the order of their beginnings
   * @param parent 0 for the first
   * @param end null while it goes on
   * @param error empty when nothing failed
   */
  public record Recorded(
      long id,
      long parent,
      String name,
      String candidate,
      Instant start,
      @Nullable Instant end,
      String error) {}

  private final Map<Long, Recorded> open = new LinkedHashMap<>();
  private final Map<Long, Recorded> changed = new LinkedHashMap<>();
  private long last;

  synchronized long begin(long parent, String name, String candidate) {
    if (last >= MOST) {
      return 0;
    }
    String shown = Span.shown(name);
    String cut = shown.length() > LONGEST_NAME ? shown.substring(0, LONGEST_NAME) : shown;
    Recorded span = new Recorded(++last, parent, cut, candidate, Instant.now(), null, "");
    open.put(span.id(), span);
    changed.put(span.id(), span);
    return span.id();
  }

  synchronized void end(long id, String error) {
    Recorded span = open.remove(id);
    if (span != null) {
      changed.put(
          id,
          new Recorded(
              id,
              span.parent(),
              span.name(),
              span.candidate(),
              span.start(),
              Instant.now(),
              error));
    }
  }

  /** What began or ended since the last time that this was asked. */
  public synchronized List<Recorded> take() {
    List<Recorded> taken = new ArrayList<>(changed.values());
    changed.clear();
    return taken;
  }

  /** Gives back what could not be stored, for the next time. */
  public synchronized void giveBack(List<Recorded> spans) {
    spans.forEach(span -> changed.putIfAbsent(span.id(), span));
  }
}
