package dev.winnow.spec;

import java.time.Instant;

/**
 * A person's answer.
 *
 * @param question id of the question
 * @param text empty when it was skipped
 * @param skipped the person does not want to answer: the question stays open, and nobody waits
 * @param by who said so
 * @param version of the spec that it came with
 */
public record Answer(
    String question, String text, boolean skipped, String by, Instant at, long version) {}
