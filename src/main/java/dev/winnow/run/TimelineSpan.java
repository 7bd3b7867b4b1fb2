package dev.winnow.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One span of a run's timeline.
 *
 * @param attempt the lease under which it was: a resumed run has several
 * @param id in its attempt, in the order of their beginnings
 * @param parent 0 for none
 * @param end null when it goes on, or its process ended before it did
 * @param error what kind of failure it ended with; empty for none
 */
public record TimelineSpan(
    long attempt,
    long id,
    long parent,
    String name,
    String candidate,
    Instant start,
    @Nullable Instant end,
    String error) {}
