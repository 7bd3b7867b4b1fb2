package dev.winnow.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a node takes from the queue.
 *
 * @param name host, process and start of this process
 * @param runs at the same time on this node, at least 1
 * @param only the runs that it works on; empty for all
 * @param offers what runs can need: {@code key:VARIABLE}, {@code program:NAME}, {@code host:NAME}
 * @param allRuns at work at the same time over all nodes; empty for no limit
 * @param perProvider the same for runs that use a provider, by its name
 */
public record NodeOptions(
    String name,
    int runs,
    Optional<Set<UUID>> only,
    List<String> offers,
    Optional<Integer> allRuns,
    Map<String, Integer> perProvider) {
  public NodeOptions {
    only = only.map(Set::copyOf);
    offers = List.copyOf(offers);
    perProvider = Map.copyOf(perProvider);
  }

  /** Whether a run may have to wait although a node has room. */
  boolean hasLimits() {
    return allRuns.isPresent() || !perProvider.isEmpty();
  }
}
