package dev.winnow.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.winnow.WinnowException;
import dev.winnow.checkpoint.PruneJournal;
import dev.winnow.evidence.runner.CleanCaches;
import dev.winnow.store.Database;
import dev.winnow.workspace.PruneMirrors;
import dev.winnow.workspace.SharedRemote;
import dev.winnow.workspace.WorkDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Housekeeping: takes away what nobody needs any more. Safe while runs are at work. */
public final class CleanUp {

  /** What was taken away, or would be; its components are the JSON form. */
  public record Cleaned(
      List<UUID> runs,
      long rows,
      long events,
      long refs,
      long bases,
      int workspaces,
      List<String> caches,
      int expired) {
    public Cleaned {
      runs = List.copyOf(runs);
      caches = List.copyOf(caches);
    }

    @JsonIgnore
    public boolean isNothing() {
      return runs.isEmpty()
          && caches.isEmpty()
          && rows + events + refs + bases + workspaces + expired == 0;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(CleanUp.class);

  /** Objects that are younger stay in the mirrors, whatever needs them. */
  private static final Duration YOUNG = Duration.ofDays(2);

  private final Database database;
  private final Path dataDirectory;
  private final Retention retention;
  private final Optional<SharedRemote> remote;

  public CleanUp(
      Database database, Path dataDirectory, Retention retention, Optional<SharedRemote> remote) {
    this.remote = remote;
    this.database = database;
    this.dataDirectory = dataDirectory;
    this.retention = retention;
  }

  /**
   * @param dryRun only says what would be taken away
   */
  public Cleaned run(boolean dryRun) {
    PruneJournal journal = new PruneJournal(database);
    PruneMirrors mirrors = new PruneMirrors(dataDirectory);
    int expired = dryRun ? 0 : journal.expireWaiting(Node.name());
    Set<UUID> old = new LinkedHashSet<>(journal.older(retention.journals()));
    old.addAll(journal.beyond(retention.journalBytes()));
    old.addAll(beyond(mirrors, journal, old));
    long rows = old.stream().mapToLong(journal::rows).sum();
    List<UUID> runs = old.stream().filter(run -> dryRun || journal.prune(run)).toList();
    // also those of earlier times, whose process may have ended before it came to their refs
    List<String> names =
        Stream.concat(runs.stream(), journal.pruned().stream()).map(UUID::toString).toList();
    List<String> bases = journal.pruneBases(retention.journals(), dryRun);
    if (!dryRun) {
      remote.ifPresent(shared -> deleteIn(shared, names, bases, journal.refs()));
    }
    return new Cleaned(
        runs,
        rows,
        journal.pruneEvents(retention.events(), dryRun),
        dryRun ? mirrors.refsOf(names) : mirrors.prune(names, all(journal.needed()), YOUNG),
        bases.size(),
        dryRun ? 0 : WorkDirectory.sweep(dataDirectory),
        CleanCaches.clean(dataDirectory, retention.caches(), retention.cacheBytes(), dryRun)
            .stream()
            .map(path -> dataDirectory.toAbsolutePath().relativize(path).toString())
            .toList(),
        expired);
  }

  private static Set<String> all(Map<UUID, Set<String>> needed) {
    return needed.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
  }

  /** The oldest runs without which the mirrors of this data directory are small enough. */
  private List<UUID> beyond(PruneMirrors mirrors, PruneJournal journal, Set<UUID> gone) {
    if (mirrors.bytes() <= retention.mirrorBytes()) {
      return List.of();
    }
    Map<UUID, Set<String>> needed = journal.needed();
    SequencedMap<String, Set<String>> oldestFirst = new LinkedHashMap<>();
    Stream.concat(gone.stream(), journal.over().stream())
        .distinct()
        .forEach(run -> {
          Set<String> its = needed.remove(run);
          oldestFirst.put(run.toString(), its == null ? Set.of() : its);
        });
    return mirrors.beyond(retention.mirrorBytes(), oldestFirst, all(needed)).stream()
        .map(UUID::fromString)
        .toList();
  }

  private void deleteIn(
      SharedRemote shared, List<String> runs, List<String> bases, Set<String> kept) {
    try {
      int _ = shared.delete(dataDirectory, runs, Set.copyOf(bases), kept);
    } catch (WinnowException e) {
      LOG.warn("{}; what old runs left there is deleted the next time", e.getMessage());
    }
  }
}
