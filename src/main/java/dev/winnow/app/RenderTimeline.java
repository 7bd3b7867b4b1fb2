package dev.winnow.app;

import dev.winnow.run.TimelineSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The spans of a run as a waterfall: one line each, below its parent, with a bar on a time axis.
 */
final class RenderTimeline {

  private static final int LABEL = 44;
  private static final int TIME = 9;

  private final Style style;
  private final int bar;
  private final List<String> lines = new ArrayList<>();

  private RenderTimeline(Style style, int columns) {
    this.style = style;
    this.bar = Math.max(10, columns - LABEL - TIME - 2);
  }

  static List<String> lines(List<TimelineSpan> spans, Style style, int columns) {
    RenderTimeline renderer = new RenderTimeline(style, columns);
    Map<Long, List<TimelineSpan>> attempts = new java.util.TreeMap<>();
    spans.forEach(
        span -> attempts.computeIfAbsent(span.attempt(), a -> new ArrayList<>()).add(span));
    attempts.forEach((attempt, own) -> {
      if (attempts.size() > 1) {
        renderer.lines.add(style.bold("Attempt " + attempt));
      }
      renderer.attempt(own);
    });
    return List.copyOf(renderer.lines);
  }

  private void attempt(List<TimelineSpan> spans) {
    Instant first = spans.getFirst().start();
    Instant last = first;
    for (TimelineSpan span : spans) {
      Instant end = span.end();
      Instant known = end == null ? span.start() : end;
      last = known.isAfter(last) ? known : last;
    }
    Map<Long, List<TimelineSpan>> children = new HashMap<>();
    Map<Long, TimelineSpan> byId = new HashMap<>();
    spans.forEach(span -> byId.put(span.id(), span));
    for (TimelineSpan span : spans) {
      // of a process that was killed the last spans may be without their parents
      long parent = byId.containsKey(span.parent()) ? span.parent() : 0;
      children.computeIfAbsent(parent, p -> new ArrayList<>()).add(span);
    }
    below(0, 0, children, first, last);
  }

  private void below(
      long parent, int depth, Map<Long, List<TimelineSpan>> children, Instant first, Instant last) {
    for (TimelineSpan span : children.getOrDefault(parent, List.of())) {
      line(span, depth, first, last);
      below(span.id(), depth + 1, children, first, last);
    }
  }

  private void line(TimelineSpan span, int depth, Instant first, Instant last) {
    Instant end = span.end();
    String name = span.name();
    if (name.equals("candidate") || name.equals("judge order")) {
      name += " " + span.candidate();
    }
    String mark = span.error().isEmpty() ? "" : Marks.BAD + " "; // colour only repeats it
    String label = "  ".repeat(Math.min(depth, 8)) + mark + SafeText.line(name, 80);
    String time = end == null ? "…" : time(Duration.between(span.start(), end));
    String drawn = draw(span.start(), end == null ? last : end, first, last);
    String line =
        SafeText.pad(SafeText.cut(label, LABEL - 1), LABEL)
            + " ".repeat(Math.max(0, TIME - time.length()))
            + time
            + "  "
            + (span.error().isEmpty() ? style.dim(drawn) : style.bad(drawn));
    lines.add(line.stripTrailing());
  }

  private String draw(Instant start, Instant end, Instant first, Instant last) {
    double all = Math.max(1, Duration.between(first, last).toNanos());
    int from = (int) Math.round(bar * (Duration.between(first, start).toNanos() / all));
    int to = (int) Math.round(bar * (Duration.between(first, end).toNanos() / all));
    from = Math.clamp(from, 0, bar - 1);
    to = Math.clamp(to, from + 1, bar);
    String block =
        to - from == 1 && end.toEpochMilli() - start.toEpochMilli() < all / 1e6 / bar / 2
            ? "▏"
            : "█";
    return " ".repeat(from) + block.repeat(to - from);
  }

  private static String time(Duration time) {
    double seconds = time.toNanos() / 1e9;
    if (seconds < 1) {
      return "%d ms".formatted(Math.round(seconds * 1000));
    }
    return seconds < 60
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : "%d:%02d min".formatted((long) seconds / 60, (long) seconds % 60);
  }
}
