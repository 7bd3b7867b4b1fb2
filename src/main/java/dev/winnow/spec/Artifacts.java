package dev.winnow.spec;

import org.jspecify.annotations.Nullable;

/**
 * What was found out about a spec.
 *
 * @param planning null before its interview
 * @param validation null until it is validated, and again after each change
 */
public record Artifacts(
    Assessment assessment, @Nullable Planning planning, @Nullable Validation validation) {}
