package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.store.Database;
import dev.winnow.workspace.SharedRemote;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what a person has approved, where the process that was told so ended before the branch
 * was there. Nodes do it in passing, and so does whoever approves again.
 */
public final class DeliverApproved {

  private static final Logger LOG = LoggerFactory.getLogger(DeliverApproved.class);

  private record Approved(UUID run, String owner, boolean late) {}

  private final Database database;
  private final DeliverLater deliver;
  private final RunStore store;

  public DeliverApproved(Database database, Path dataDirectory, Optional<SharedRemote> remote) {
    this.database = database;
    this.deliver = new DeliverLater(database, dataDirectory, remote);
    this.store = new RunStore(database);
  }

  /** Delivers all whose repository is on this machine; returns how many. */
  public int all() {
    int delivered = 0;
    for (Approved approved : undelivered(Optional.empty())) {
      try {
        if (deliver(approved.run()).isPresent()) {
          delivered++;
        }
      } catch (WinnowException e) {
        LOG.warn("run {} is approved, and not delivered: {}", approved.run(), e.getMessage());
      }
    }
    return delivered;
  }

  /** The same for one run; nothing when somebody is still at it. */
  void ifLeftBehind(UUID run) {
    undelivered(Optional.of(run)).forEach(approved -> deliver(approved.run()));
  }

  private List<Approved> undelivered(Optional<UUID> only) {
    return database
        .query(
            """
            select id, coalesce(owner, '') as owner,
              answered_at < clock_timestamp() - interval '1 minute' as late
            from run
            where answer = 'approved' and outcome = 'accepted' and pruned_at is null
              and result ->> 'branch' is null and request ->> 'branch' = 'true'
              and (?::text is null or id::text = ?)
            order by answered_at limit 100
            """,
            row -> new Approved(row.uuid("id"), row.text("owner"), row.flag("late")),
            only.map(UUID::toString).orElse(null),
            only.map(UUID::toString).orElse(null))
        .stream()
        .filter(approved -> approved.late() || Node.isGone(approved.owner()))
        .toList();
  }

  /** Creates the branch and tells the end of the run; empty when the repository is elsewhere. */
  Optional<String> deliver(UUID run) {
    try {
      return Optional.of(deliver.deliver(run));
    } catch (WinnowException e) {
      tellTheEnd(run);
      if (e.category() != WinnowException.Category.USAGE) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** For those who watch: the run is over, though its branch is not there yet. */
  private void tellTheEnd(UUID run) {
    Map<String, Object> result = store.find(run.toString()).result();
    database.inTransaction(transaction -> {
      boolean told =
          transaction
              .queryOne(
                  "select body ->> 'type' = 'run-finished' as told from event where run_id = ?"
                      + " order by sequence desc limit 1",
                  row -> row.flag("told"),
                  run)
              .orElse(true);
      if (!told) {
        Lease lease = Lease.acquire(transaction, run, Node.name());
        EventLog.add(transaction, lease, RunResult.finished(result));
      }
      return told;
    });
  }

  boolean isHere(UUID run) {
    return deliver.isHere(run);
  }
}
