package dev.winnow.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * A step whose outcome is known.
 *
 * @param result its JSON; null if it failed, or is large and still in the database
 * @param error why it failed for good, else null
 * @param inherited done by the run that this one is a fork of
 */
record RecordedStep(
    StepInput input, @Nullable String result, @Nullable String error, boolean inherited) {}
