package dev.winnow.checkpoint;

import java.time.Instant;
import java.util.UUID;

/**
 * An event with its place in the log of its run.
 *
 * @param sequence 1 for the first event of the run, without gaps
 */
public record RecordedEvent(UUID run, long sequence, Instant at, RunEvent event) {}
