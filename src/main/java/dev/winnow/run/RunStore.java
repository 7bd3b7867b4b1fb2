package dev.winnow.run;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.Lease;
import dev.winnow.evidence.Evidence;
import dev.winnow.judge.Decision;
import dev.winnow.store.Database;
import dev.winnow.store.Jsonb;
import dev.winnow.store.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Runs and candidates in the database. */
public final class RunStore {

  private static final String COLUMNS =
      "select id, state, task, repository, base_commit, options::text, owner, created_at,"
          + " finished_at, outcome, result::text, evidence::text, decision::text from run";

  private final Database database;

  public RunStore(Database database) {
    this.database = database;
  }

  void create(PreparedRun run) {
    database.update(
        "insert into run(id, kind, state, task, repository, base_commit, options)"
            + " values (?, 'change', 'queued', ?, ?, ?, ?)",
        run.id(),
        run.options().task().text(),
        run.mirror().repository().toString(),
        run.base(),
        Jsonb.of(options(run)));
  }

  /** What the run was asked for, as far as it is not in columns of its own. */
  private static Map<String, Object> options(PreparedRun run) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("agents", run.options().agents());
    options.put("tester", run.options().tester().orElse(null));
    options.put("base", run.options().base().orElse("HEAD"));
    options.put("includeUncommitted", run.options().includeUncommitted());
    options.put("testRunner", run.runner().why());
    options.put("maxTime", run.options().maxTime().toString());
    options.put("branch", run.options().branch());
    return options;
  }

  void saveCandidate(UUID run, Candidate candidate, String commit) {
    database.update(
        "insert into candidate(run_id, id, agent, state, reason, code_tree, \"commit\", usage)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?)"
            + " on conflict (run_id, id) do update set state = excluded.state,"
            + " reason = excluded.reason, code_tree = excluded.code_tree,"
            + " \"commit\" = excluded.\"commit\", usage = excluded.usage",
        run,
        candidate.id(),
        candidate.agent(),
        candidate.state(),
        candidate.problem(),
        candidate.tree(),
        commit,
        Jsonb.of(candidate.usage()));
  }

  void saveEvidence(Lease lease, Evidence evidence) {
    database.update(
        "update run set evidence = ? where id = ? and lease_epoch = ?",
        Jsonb.of(evidence),
        lease.run(),
        lease.epoch());
  }

  /** The end of a run; a node that lost its lease changes nothing. */
  void finish(RunResult result, Lease lease) {
    database.update(
        "update run set state = 'done', outcome = ?, result = ?, decision = ?,"
            + " finished_at = clock_timestamp() where id = ? and lease_epoch = ?",
        result.outcome().label(),
        Jsonb.of(result.toMap()),
        result.decision() == null ? null : Jsonb.of(result.decision()),
        lease.run(),
        lease.epoch());
  }

  /** The newest runs first. */
  public List<RunSummary> list(int limit) {
    return database.query(
        """
        select id, created_at, state, owner, outcome, left(task, 500) as task, repository,
          result->'winner'->>'agent' as winner, result->>'branch' as branch
        from run order by created_at desc, id desc limit ?
        """,
        row ->
            new RunSummary(
                row.uuid("id"),
                row.instant("created_at"),
                RunRecord.status(
                    row.textOrNull("outcome"), row.text("state"), row.textOrNull("owner")),
                row.text("task"),
                row.text("repository"),
                row.textOrNull("winner"),
                row.textOrNull("branch")),
        limit);
  }

  /**
   * Finds a run by its id, by the beginning or the end of it, or the newest by {@code latest}.
   *
   * @throws WinnowException of category USAGE when no run or several match
   */
  public RunRecord find(String id) {
    String wanted = id.strip().toLowerCase(Locale.ROOT);
    if (wanted.equals("latest")) {
      return database
          .queryOne(COLUMNS + " order by created_at desc, id desc limit 1", RunStore::run)
          .orElseThrow(() -> WinnowException.usage("There is no run yet: try 'winnow demo'."));
    }
    if (!wanted.matches("[0-9a-f-]{4,36}")) {
      throw WinnowException.usage(
          "'%s' is no run id: use one that 'winnow runs list' shows, or at least 4 of its characters."
              .formatted(wanted.length() > 60 ? wanted.substring(0, 60) + "…" : wanted));
    }
    List<RunRecord> found =
        database.query(
            COLUMNS + " where id::text like ? or id::text like ? order by created_at desc limit 3",
            RunStore::run,
            wanted + "%",
            "%" + wanted);
    if (found.isEmpty()) {
      throw WinnowException.usage("No run '%s': see 'winnow runs list'.".formatted(wanted));
    }
    if (found.size() > 1) {
      throw WinnowException.usage(
          "'%s' fits several runs (%s, %s, ...): give more of the id."
              .formatted(wanted, found.get(0).id(), found.get(1).id()));
    }
    return found.getFirst();
  }

  public List<CandidateRecord> candidates(UUID run) {
    return database.query(
        "select id, agent, state, reason, code_tree, \"commit\", usage from candidate where run_id = ?"
            + " order by length(id), id",
        row ->
            new CandidateRecord(
                row.text("id"),
                row.text("agent"),
                row.text("state"),
                row.textOrNull("reason"),
                row.textOrNull("code_tree"),
                row.textOrNull("commit"),
                usage(row.textOrNull("usage"))),
        run);
  }

  private static Usage usage(@Nullable String json) {
    return json == null ? Usage.NONE : Json.read(json, Usage.class);
  }

  private static RunRecord run(Row row) {
    String evidence = row.textOrNull("evidence");
    String decision = row.textOrNull("decision");
    String result = row.textOrNull("result");
    return new RunRecord(
        row.uuid("id"),
        row.text("state"),
        row.text("task"),
        row.text("repository"),
        row.textOrNull("base_commit"),
        row.textOrNull("owner"),
        row.instant("created_at"),
        row.instantOrNull("finished_at"),
        row.textOrNull("outcome"),
        object(result),
        evidence == null ? null : Json.read(evidence, Evidence.class),
        decision == null ? null : Json.read(decision, Decision.class));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable String json) {
    return json == null ? Map.of() : Json.read(json, Map.class);
  }
}
