package dev.winnow.checkpoint;

import java.time.Instant;
import java.util.Map;

/**
 * A named cut of a run, from which it can be forked; its components are the JSON form.
 *
 * @param sequence starts at 1
 * @param label prepared, c1/green/turn-3, candidates, evidence, decided, ...; unique in the run
 * @param state the phase that the run was in
 * @param trees git tree of the files of each candidate that had changed any
 * @param costMicros spent by then, in millionths of a US dollar
 * @param tokens used by then
 */
public record Checkpoint(
    int sequence,
    String label,
    String state,
    Map<String, String> trees,
    long costMicros,
    long tokens,
    Instant at) {
  public Checkpoint {
    trees = Map.copyOf(trees);
  }
}
