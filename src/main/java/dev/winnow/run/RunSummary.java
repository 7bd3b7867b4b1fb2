package dev.winnow.run;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One line of a list of runs; its components are the JSON form.
 *
 * @param outcome of the result, or queued, running, interrupted
 * @param winner the winner's agent, or null
 * @param parent the run that this one is a fork of, or null
 */
public record RunSummary(
    UUID run,
    Instant created,
    String outcome,
    String task,
    String repository,
    @Nullable String winner,
    @Nullable String branch,
    @Nullable UUID parent) {}
