package dev.winnow.checkpoint;

import dev.winnow.Json;
import dev.winnow.store.Database;
import dev.winnow.store.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Takes away what runs recorded, by age and by size, oldest first. Runs that are not over, and runs
 * that wait for a person, keep everything; the ledger, the evidence and the decision always stay.
 */
public final class PruneJournal {

  /** What can be forgotten of a run that is over. */
  private static final String OVER =
      """
      r.outcome is not null and not (r.waits_for is not null and r.answer is null
        and (r.waits_until is null or r.waits_until > clock_timestamp()))
      """;

  private static final String OLD =
      OVER + " and r.finished_at < clock_timestamp() - make_interval(secs => ?)";

  private final Database database;

  public PruneJournal(Database database) {
    this.database = database;
  }

  /** Runs that ended so long ago and still have their journal. */
  public List<UUID> older(Duration age) {
    return database.query(
        "select r.id from run r where r.pruned_at is null and " + OLD + " order by r.finished_at",
        row -> row.uuid("id"),
        seconds(age));
  }

  /** The oldest runs without which the journals of all take less than the limit. */
  public List<UUID> beyond(long bytes) {
    record Size(UUID run, boolean over, long bytes) {}
    List<Size> sizes =
        database.query(
            """
            select r.id, %s as over,
              (select coalesce(sum(pg_column_size(s.*)), 0) from step s where s.run_id = r.id)
              + (select coalesce(sum(pg_column_size(e.*)), 0) from event e where e.run_id = r.id)
              + (select coalesce(sum(p.bytes), 0) from object_pack p where p.run_id = r.id) as bytes
            from run r where r.pruned_at is null order by r.finished_at nulls last
            """
                .formatted(OVER),
            (Row row) -> new Size(row.uuid("id"), row.flag("over"), row.number("bytes")));
    long total = sizes.stream().mapToLong(Size::bytes).sum();
    List<UUID> beyond = new ArrayList<>();
    for (Size size : sizes) {
      if (total <= bytes) {
        break;
      }
      if (size.over()) {
        beyond.add(size.run());
        total -= size.bytes();
      }
    }
    return beyond;
  }

  /** Runs whose journal is gone. */
  public List<UUID> pruned() {
    return database.query("select id from run where pruned_at is not null", row -> row.uuid("id"));
  }

  /** What a run's journal holds: rows of steps, events and snapshots. */
  public long rows(UUID run) {
    return database
        .queryOne(
            """
            select (select count(*) from step where run_id = ?)
              + (select count(*) from event where run_id = ?)
              + (select count(*) from object_pack where run_id = ?) as n
            """,
            row -> row.number("n"),
            run,
            run,
            run)
        .orElse(0L);
  }

  /**
   * Deletes steps, checkpoints, events and snapshots of a run; does nothing when it is not over
   * (any more).
   *
   * @return whether it did
   */
  public boolean prune(UUID run) {
    return database.inTransaction(transaction -> {
      // the row is locked: nobody resumes the run meanwhile
      Optional<Boolean> over =
          transaction.queryOne(
              "select " + OVER + " as over from run r where r.id = ? for update",
              row -> row.flag("over"),
              run);
      if (!over.orElse(false)) {
        return false;
      }
      for (String table : List.of("step", "checkpoint", "event", "object_pack")) {
        transaction.update("delete from " + table + " where run_id = ?", run);
      }
      transaction.update("update run set pruned_at = clock_timestamp() where id = ?", run);
      return true;
    });
  }

  /** Events of runs that ended so long ago; the journal stays. Returns how many. */
  public long pruneEvents(Duration age, boolean dryRun) {
    String which = " from event e using run r where e.run_id = r.id and " + OLD;
    return dryRun
        ? database
            .queryOne(
                "select count(*) as n from event e join run r on e.run_id = r.id where " + OLD,
                row -> row.number("n"),
                seconds(age))
            .orElse(0L)
        : database.update("delete" + which, seconds(age));
  }

  /**
   * Bases on their way to other nodes that no run which is not over needs. Returns for each the ref
   * that it has in a git remote, or an empty text.
   */
  public List<String> pruneBases(Duration age, boolean dryRun) {
    String which =
        """
        from object_pack p where p.run_id is null
          and p.at < clock_timestamp() - make_interval(secs => ?)
          and not exists (select 1 from run r where r.pruned_at is null
            and p.wanted = r.base_commit)
        """;
    return dryRun
        ? database.query(
            "select coalesce(p.ref, '') as ref " + which, r -> r.text("ref"), seconds(age))
        : database.inTransaction(transaction ->
            transaction.query(
                "delete " + which + " returning coalesce(p.ref, '') as ref",
                row -> row.text("ref"),
                seconds(age)));
  }

  /** The refs of git remotes under which something is that a journal names. */
  public Set<String> refs() {
    return new LinkedHashSet<>(
        database.query(
            "select distinct ref from object_pack where ref is not null", row -> row.text("ref")));
  }

  /** Runs that are over and still have their journal, oldest first. */
  public List<UUID> over() {
    return database.query(
        "select r.id from run r where r.pruned_at is null and " + OVER + " order by r.finished_at",
        row -> row.uuid("id"));
  }

  /** Commits and trees that runs with a journal still need, by run. */
  public Map<UUID, Set<String>> needed() {
    Map<UUID, Set<String>> needed = new HashMap<>();
    database
        .query(
            """
            select run_id, tree as id from (
              select run_id, TREE as tree from step
              where state = 'done' and key like '%/files') files
            where tree is not null
            union select run_id, t.value from checkpoint, jsonb_each_text(trees) t
            union select id, base_commit from run
              where base_commit is not null and pruned_at is null
            union select c.run_id, "commit" from candidate c join run r on r.id = c.run_id
              where "commit" is not null and r.pruned_at is null
            """
                .replace("TREE", ExactJson.TREE),
            row -> Map.entry(row.uuid("run_id"), row.text("id")))
        .forEach(need ->
            needed.computeIfAbsent(need.getKey(), _ -> new HashSet<>()).add(need.getValue()));
    return needed;
  }

  /**
   * Answers that nobody gave in time: the runs say so from now on; returns how many.
   *
   * @param node who tells it
   */
  public int expireWaiting(String node) {
    record Expired(UUID run, String outcome, String result, String reason) {}
    return database.inTransaction(transaction -> {
      List<Expired> expired =
          transaction.query(
              """
              update run set answer = 'expired', answered_at = clock_timestamp(),
                result = (result - 'waiting') || jsonb_build_object('reason',
                  'Nobody answered until '
                    || to_char(waits_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC.')
              where waits_for is not null and answer is null and waits_until < clock_timestamp()
              returning id, outcome, result, result ->> 'reason' as reason
              """,
              row ->
                  new Expired(
                      row.uuid("id"), row.text("outcome"), row.text("result"), row.text("reason")));
      for (Expired run : expired) {
        Lease lease = Lease.acquire(transaction, run.run(), node);
        EventLog.add(
            transaction, lease, new RunEvent.Answered("expired", "nobody", null, run.reason()));
        EventLog.add(
            transaction,
            lease,
            new RunEvent.RunFinished(run.outcome(), run.reason(), result(run.result())));
      }
      return expired.size();
    });
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> result(String json) {
    return Json.read(json, Map.class);
  }

  private static double seconds(Duration age) {
    return age.toMillis() / 1000.0;
  }
}
