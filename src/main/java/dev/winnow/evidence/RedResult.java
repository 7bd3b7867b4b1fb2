package dev.winnow.evidence;

import org.jspecify.annotations.Nullable;

/**
 * Whether new tests fail on the base for the right reason.
 *
 * @param reason one clear line, also for the agent
 * @param quoted excerpt of the output, quoted and capped, untrusted; may be empty
 * @param tests the frozen set when red, else null
 * @param infrastructure the reason is not the agent's fault: nothing could be run
 */
public record RedResult(
    boolean red, String reason, String quoted, @Nullable TestSet tests, boolean infrastructure) {}
