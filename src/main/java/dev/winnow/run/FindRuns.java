package dev.winnow.run;

import dev.winnow.Json;
import dev.winnow.store.Database;
import dev.winnow.store.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds runs for somebody who sees only some of them. */
public final class FindRuns {

  private static final String WAITS =
      "r.waits_for is not null and r.answer is null and (r.waits_until is null or r.waits_until > clock_timestamp())";

  private static final String COLUMNS =
      """
      select r.id, r.kind, r.state, r.owner, r.outcome, r.submitter, r.repository, r.created_at,
        r.finished_at, r.options ->> 'agents' as agents, r.result ->> 'branch' as branch,
        r.result -> 'winner' ->> 'candidate' as winner, r.result -> 'winner' ->> 'agent' as winning,
        r.parent::text as parent, WAITS as waits, r.waits_for,
        r.waits_until, spent.cost, spent.known, spent.tokens,
        case when r.outcome is null then (
          select s.picked and s.last_heartbeat > clock_timestamp() - interval '5 seconds'
          from scheduled_tasks s where s.task_name = 'run' and s.task_instance = r.id::text)
        end as alive,
      """
          .replace("WAITS", WAITS);

  private static final String SPENT =
      """
      cross join lateral (select coalesce(sum(l.cost_micros), 0)::bigint as cost,
        coalesce(bool_and(l.cost_known), true) as known,
        coalesce(sum(l.input_tokens + l.output_tokens), 0)::bigint as tokens
        from ledger l where l.run_id = r.id) spent
      """;

  /**
   * A run in full; its components are the JSON form.
   *
   * @param overview with the whole task
   * @param options what it was asked for, for people
   * @param result the result object of the command line's contract; empty until it is over
   * @param lastSequence of its events so far
   */
  public record Detail(
      RunOverview overview,
      @Nullable String base,
      Map<String, Object> options,
      Map<String, Object> result,
      @Nullable String reason,
      long lastSequence) {
    public Detail {
      options = java.util.Collections.unmodifiableMap(options);
      result = java.util.Collections.unmodifiableMap(result);
    }
  }

  private final Database database;

  public FindRuns(Database database) {
    this.database = database;
  }

  /**
   * The newest first.
   *
   * @param status as in {@link RunOverview}; empty for all
   * @param before the last id of the page before; empty for the first page
   */
  public List<RunOverview> page(
      Whose whose, Optional<String> status, Optional<UUID> before, int limit) {
    List<Object> arguments = new ArrayList<>();
    StringBuilder sql = new StringBuilder(COLUMNS);
    // left() counts characters, which for 50 short texts costs as much as finding their rows;
    // the page is cut before the sums are made
    sql.append(
        "case when octet_length(r.task) <= 500 then r.task else left(r.task, 500) end as task"
            + " from (select * from run r where r.kind <> 'interview'");
    before.ifPresent(id -> {
      // a position that the planner sees makes it plan the statement anew for the last pages
      sql.append(" and r.id < (select ?::uuid)");
      arguments.add(id);
    });
    if (!whose.all()) {
      sql.append(" and r.submitter = ?");
      arguments.add(whose.name());
    }
    status.ifPresent(wanted -> {
      switch (wanted) {
        case "waiting" -> sql.append(" and ").append(WAITS);
        case "queued" -> sql.append(" and r.outcome is null and r.owner is null");
        case "running" -> sql.append(" and r.outcome is null and r.owner is not null");
        default -> {
          sql.append(" and r.outcome = ?");
          arguments.add(wanted);
        }
      }
    });
    // a limit that the planner does not see makes it plan the statement anew each time
    sql.append(" order by r.id desc limit ")
        .append(limit)
        .append(") r ")
        .append(SPENT)
        .append(" order by r.id desc");
    // most runs of a page have the same agents
    Map<String, List<String>> agents = new HashMap<>();
    return database.query(sql.toString(), row -> overview(row, agents), arguments.toArray());
  }

  /** Empty when there is none, or when it is somebody else's. */
  public Optional<Detail> one(Whose whose, UUID run) {
    return database.queryOne(
        COLUMNS
            + """
            r.task, r.base_commit, r.options, r.result, r.result ->> 'reason' as reason,
            (select coalesce(max(e.sequence), 0) from event e where e.run_id = r.id) as last
            from run r
            """
            + SPENT
            + " where r.id = ? and (? or r.submitter = ?)",
        row ->
            new Detail(
                overview(row, new HashMap<>()),
                row.textOrNull("base_commit"),
                object(row.text("options")),
                object(row.textOrNull("result")),
                row.textOrNull("reason"),
                row.number("last")),
        run,
        whose.all(),
        whose.name());
  }

  /** Whether there is such a run, and it is theirs. */
  public boolean sees(Whose whose, UUID run) {
    return database
        .queryOne(
            "select 1 as one from run where id = ? and (? or submitter = ?)",
            row -> row.number("one"),
            run,
            whose.all(),
            whose.name())
        .isPresent();
  }

  private static RunOverview overview(Row row, Map<String, List<String>> agents) {
    boolean waits = row.flag("waits");
    return new RunOverview(
        row.uuid("id"),
        row.text("kind"),
        waits
            ? "waiting"
            : RunRecord.status(
                row.textOrNull("outcome"),
                row.text("state"),
                row.textOrNull("owner"),
                row.flagOrNull("alive")),
        row.text("task"),
        row.text("repository"),
        agents.computeIfAbsent(row.optionalText("agents").orElse("[]"), FindRuns::agents),
        row.text("submitter"),
        row.instant("created_at"),
        row.instantOrNull("finished_at"),
        row.number("cost"),
        row.flag("known"),
        row.number("tokens"),
        winner(row),
        row.textOrNull("branch"),
        waits ? row.textOrNull("waits_for") : null,
        waits ? row.instantOrNull("waits_until") : null,
        row.optionalText("parent").map(UUID::fromString).orElse(null));
  }

  private static List<String> agents(String json) {
    return List.of(Json.read(json, String[].class));
  }

  private static RunOverview.@Nullable Winner winner(Row row) {
    String candidate = row.textOrNull("winner");
    return candidate == null
        ? null
        : new RunOverview.Winner(candidate, row.optionalText("winning").orElse(""));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable String json) {
    return json == null ? Map.of() : Json.read(json, Map.class);
  }
}
