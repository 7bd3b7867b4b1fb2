package dev.winnow.spec;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What a list shows of a spec; its components are the JSON form.
 *
 * @param task at most 500 characters of it
 * @param repository the directory that it is about; empty when none was named
 */
public record SpecOverview(
    UUID id,
    long version,
    SpecStatus status,
    String title,
    String task,
    Complexity complexity,
    Optional<String> repository,
    String owner,
    Instant createdAt,
    Instant updatedAt) {}
