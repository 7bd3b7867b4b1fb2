package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.store.Database;
import dev.winnow.telemetry.TelemetryCollector;
import dev.winnow.workspace.SharedRemote;
import java.nio.file.Path;
import java.util.HashMap;
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
      delivered += TelemetryCollector.about(approved.run().toString(), () -> passing(approved));
    }
    return delivered;
  }

  private int passing(Approved approved) {
    try {
      return deliver(approved.run()).isPresent() ? 1 : 0;
    } catch (WinnowException e) {
      LOG.warn("run {} is approved, and not delivered: {}", approved.run(), e.getMessage());
      return 0;
    }
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
    RunEvent.Delivered delivered;
    try {
      delivered = deliver.create(run);
    } catch (WinnowException e) {
      if (e.category() != WinnowException.Category.USAGE) {
        throw e;
      }
      return Optional.empty();
    }
    Map<String, Object> result = new HashMap<>(store.find(run.toString()).result());
    result.put("branch", delivered.branch());
    Lease lease = Lease.acquire(database, run, Node.name());
    EventLog log = new EventLog(database, lease);
    log.append(delivered);
    // the row and the last event together: without them the run is found here again
    var _ =
        log.finish(
            new RunEvent.RunFinished(
                RunOutcome.ACCEPTED.label(), String.valueOf(result.get("reason")), result),
            transaction -> store.delivered(transaction, lease, delivered.branch()));
    return Optional.of(delivered.branch());
  }

  /** The last event of a run that waited for a person, and has no branch. */
  void finished(UUID run, RunOutcome outcome, String reason, Map<String, Object> result) {
    Lease lease = Lease.acquire(database, run, Node.name());
    var _ =
        new EventLog(database, lease)
            .finish(new RunEvent.RunFinished(outcome.label(), reason, result), transaction -> {});
  }
}
