package dev.winnow.app;

import dev.winnow.checkpoint.RecordedEvent;
import java.io.PrintStream;

/** One milestone a line, without escape sequences: for files, pipes and build servers. */
final class PlainView implements RunView {

  private final PrintStream err;
  private final Milestones milestones = new Milestones(Style.PLAIN, 400);

  PlainView(PrintStream err) {
    this.err = err;
  }

  @Override
  public synchronized void accept(RecordedEvent recorded) {
    milestones.of(recorded).forEach(err::println);
  }

  @Override
  public void close() {
    err.flush();
  }
}
