package dev.winnow.app;

import dev.winnow.checkpoint.RecordedEvent;
import java.util.List;
import java.util.function.Consumer;

/** Shows the events of a run as they come. Events may arrive on any thread, one at a time. */
interface RunView extends Consumer<RecordedEvent>, AutoCloseable {

  /** Leaves the terminal as it was found; harmless when repeated. */
  @Override
  void close();

  /** Progress for people on stderr and, if asked for, events for machines on stdout. */
  static RunView of(Console console, boolean json) {
    if (!json) {
      return progress(console);
    }
    RunView events = new JsonView(console.out());
    // two writers on one terminal would garble each other
    return console.errIsTerminal() && !console.outIsTerminal()
        ? new Both(List.of(events, progress(console)))
        : events;
  }

  private static RunView progress(Console console) {
    return console.errIsTerminal()
        ? TerminalView.start(console.err(), console.errStyle(), TerminalSize.ofProcess())
        : new PlainView(console.err());
  }

  /** Several views of the same run. */
  record Both(List<RunView> views) implements RunView {
    @Override
    public void accept(RecordedEvent event) {
      views.forEach(v -> v.accept(event));
    }

    @Override
    public void close() {
      views.forEach(RunView::close);
    }
  }
}
