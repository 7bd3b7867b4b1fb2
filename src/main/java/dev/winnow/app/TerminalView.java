package dev.winnow.app;

import dev.winnow.checkpoint.RecordedEvent;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A live display: milestones scroll, and below them one line per candidate is drawn again in place.
 * Each drawing is one write, so that nothing flickers; no line reaches the last column, so that
 * none wraps.
 */
final class TerminalView implements RunView {

  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String ERASE_TO_END = "\u001b[J";
  private static final String ERASE_LINE = "\u001b[K";

  /** Terminals that know it show a drawing at once; the others ignore it. */
  private static final String BEGIN_UPDATE = "\u001b[?2026h";

  private static final String END_UPDATE = "\u001b[?2026l";

  private static final long FRAME_MILLIS = 120;
  private static final int FRAMES_BETWEEN_SIZES = 10;

  private final PrintStream err;
  private final Supplier<TerminalSize> askSize;
  private final StatusBoard board;
  private final Milestones milestones;
  private volatile TerminalSize size;
  private int drawn;
  private int frame;
  private boolean closed;

  TerminalView(PrintStream err, Style style, Supplier<TerminalSize> askSize) {
    this.err = err;
    this.askSize = askSize;
    this.board = new StatusBoard(style);
    this.milestones = new Milestones(style, 400);
    this.size = askSize.get();
  }

  /** A view whose spinners turn until it is closed. */
  static TerminalView start(PrintStream err, Style style, Supplier<TerminalSize> askSize) {
    TerminalView view = new TerminalView(err, style, askSize);
    Thread.ofVirtual().name("terminal").start(view::animate);
    // a JVM that is told to stop must not leave the cursor hidden
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(view::restoreCursor));
    return view;
  }

  @Override
  public synchronized void accept(RecordedEvent recorded) {
    if (closed) {
      return;
    }
    board.accept(recorded);
    draw(milestones.of(recorded), recorded.at());
  }

  /** The next frame of the spinners. */
  synchronized void tick(Instant now) {
    if (!closed) {
      frame++;
      draw(List.of(), now);
    }
  }

  private void draw(List<String> above, Instant now) {
    int columns = size.columns();
    // one row stays free for the cursor
    List<String> live = board.render(now, frame, columns - 1, Math.max(1, size.rows() - 2));
    List<String> lines = new ArrayList<>();
    above.forEach(line -> lines.addAll(WrapText.lines(line, columns - 1, 6)));
    lines.addAll(live);
    if (lines.isEmpty() && drawn == 0) {
      return;
    }
    StringBuilder out = new StringBuilder(BEGIN_UPDATE).append(HIDE_CURSOR);
    if (drawn > 0) {
      out.append("\u001b[").append(drawn).append('A');
    }
    out.append('\r');
    lines.forEach(line -> out.append(line).append(ERASE_LINE).append('\n'));
    out.append(ERASE_TO_END).append(END_UPDATE);
    err.print(out);
    err.flush();
    drawn = live.size();
  }

  private void animate() {
    try {
      for (int i = 1; !isClosed(); i++) {
        Thread.sleep(FRAME_MILLIS);
        if (i % FRAMES_BETWEEN_SIZES == 0) {
          size = askSize.get();
        }
        tick(Instant.now());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    String up = drawn > 0 ? "\u001b[" + drawn + "A" : "";
    err.print(up + "\r" + ERASE_TO_END + SHOW_CURSOR);
    err.flush();
  }

  private synchronized void restoreCursor() {
    if (!closed) {
      err.print(SHOW_CURSOR);
      err.flush();
    }
  }
}
