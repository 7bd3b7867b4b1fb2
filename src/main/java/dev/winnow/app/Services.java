package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.workspace.Sandbox;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The use cases, wired for one command. */
final class Services implements AutoCloseable {

  private Services() {}

  /** Opens the database that the settings name. */
  static Services open(Settings settings) {
    throw new UnsupportedOperationException("not connected yet: " + settings.dataDirectory());
  }

  /** Runs a change to its end; events arrive in order, one at a time. */
  ReportView change(
      ChangeOptions options, Consumer<RecordedEvent> events, Cancellation cancellation) {
    throw new UnsupportedOperationException();
  }

  /** The newest runs first. */
  List<RunLine> list(int limit) {
    throw new UnsupportedOperationException();
  }

  /**
   * The run with this id, or with this unambiguous beginning of an id, or the newest for {@code
   * latest}.
   *
   * @throws dev.winnow.WinnowException of category USAGE when there is none
   */
  UUID find(String id) {
    throw new UnsupportedOperationException();
  }

  ReportView report(UUID run) {
    throw new UnsupportedOperationException();
  }

  /** All events of a run so far, and then those that come, until it is finished. */
  void watch(UUID run, Consumer<RecordedEvent> events, Cancellation cancellation) {
    throw new UnsupportedOperationException();
  }

  /** The change of a candidate, or of the winner, as a unified diff. */
  String diff(UUID run, @Nullable String candidate) {
    throw new UnsupportedOperationException();
  }

  /** Decides again from the stored evidence, without changing what is stored. */
  ReportView rejudge(UUID run) {
    throw new UnsupportedOperationException();
  }

  /** The sandbox that runs would use. */
  Sandbox sandbox() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
