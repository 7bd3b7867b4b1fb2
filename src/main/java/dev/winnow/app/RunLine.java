package dev.winnow.app;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code runs list}; its components are the JSON form.
 *
 * @param outcome of the result, or running
 * @param winner the winner's agent, or null
 */
record RunLine(
    String run,
    Instant created,
    String outcome,
    String task,
    String repository,
    @Nullable String winner,
    @Nullable String branch) {}
