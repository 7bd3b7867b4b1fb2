package dev.winnow.run;

import org.jspecify.annotations.Nullable;

/**
 * A candidate as it is stored.
 *
 * @param commit in the mirror, reachable under {@code refs/winnow/<run>/<candidate>}
 */
public record CandidateRecord(
    String id,
    String agent,
    String state,
    @Nullable String reason,
    @Nullable String tree,
    @Nullable String commit) {}
