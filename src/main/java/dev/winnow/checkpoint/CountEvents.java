package dev.winnow.checkpoint;

import dev.winnow.telemetry.Metrics;

/**
 * Counts what is told for the first time: a resumed run tells its story again, and what counts is
 * what the log holds.
 */
final class CountEvents {

  private CountEvents() {}

  static void count(RunEvent event) {
    Metrics metrics = Metrics.current();
    if (event instanceof RunEvent.CandidateFinished finished) {
      metrics.candidateFinished(finished.state());
    } else if (event instanceof RunEvent.CellFinished cell) {
      metrics.cell(cell.outcome());
    } else if (event instanceof RunEvent.ToolReturned returned) {
      metrics.toolCalled(returned.tool(), returned.ok());
    }
    // others are counted where they happen, or are of no interest to an operator
  }
}
