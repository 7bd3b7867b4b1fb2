package dev.winnow.run;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a list shows of a run; its components are the JSON form.
 *
 * @param kind change or answer
 * @param status of the result, or queued, running, interrupted; waiting when a person must decide
 * @param task at most 500 characters of it
 * @param owner who submitted it
 * @param costMicros spent so far, in millionths of a US dollar
 * @param costKnown false when a model without a known price took part
 * @param tokens used so far, input and output
 * @param waitsFor approval or choice, while a person must decide
 * @param parent the run that this one is a fork of
 */
public record RunOverview(
    UUID id,
    String kind,
    String status,
    String task,
    String repository,
    List<String> agents,
    String owner,
    Instant createdAt,
    @Nullable Instant finishedAt,
    long costMicros,
    boolean costKnown,
    long tokens,
    @Nullable Winner winner,
    @Nullable String branch,
    @Nullable String waitsFor,
    @Nullable Instant waitsUntil,
    @Nullable UUID parent) {

  /** Who won; its components are the JSON form. */
  public record Winner(String candidate, String agent) {}

  public RunOverview {
    agents = List.copyOf(agents);
  }
}
