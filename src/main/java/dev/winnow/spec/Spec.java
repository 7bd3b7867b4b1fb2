package dev.winnow.spec;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A request, and what was made clear about it. Its JSON form is what commands and clients see.
 *
 * @param version goes up with every change of the row
 * @param task the request in the user's words
 * @param phases what it goes through, by complexity
 * @param repository the directory that it is about; empty when none was named
 * @param submitter who created it
 * @param owner whose it is
 */
public record Spec(
    UUID id,
    long version,
    SpecStatus status,
    String title,
    String task,
    Complexity complexity,
    List<String> phases,
    Optional<String> repository,
    String submitter,
    String owner,
    Instant createdAt,
    Instant updatedAt,
    Artifacts artifacts) {

  public Spec {
    phases = List.copyOf(phases);
  }

  /** What can be said about the work by now. */
  public List<Criterion> criteria() {
    Planning planning = artifacts.planning();
    return planning == null ? List.of() : planning.criteria();
  }

  /** The same with other planning: what was validated before is another spec. */
  public Spec withPlanning(Planning planning) {
    SpecStatus now = status == SpecStatus.REJECTED ? SpecStatus.REJECTED : SpecStatus.DRAFT;
    return with(now, new Artifacts(artifacts.assessment(), planning, null));
  }

  Spec with(SpecStatus changed, Artifacts changedArtifacts) {
    return new Spec(
        id,
        version,
        changed,
        title,
        task,
        complexity,
        phases,
        repository,
        submitter,
        owner,
        createdAt,
        updatedAt,
        changedArtifacts);
  }
}
