package dev.winnow.run;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentRequest;
import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.BudgetStore;
import dev.winnow.checkpoint.Lease;
import dev.winnow.checkpoint.RunQueue;
import dev.winnow.evidence.Evidence;
import dev.winnow.judge.Decision;
import dev.winnow.store.Database;
import dev.winnow.store.Jsonb;
import dev.winnow.store.Row;
import dev.winnow.store.Transaction;
import dev.winnow.telemetry.Span;
import dev.winnow.telemetry.TraceContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs and candidates in the database. */
public final class RunStore {

  /** A heartbeat comes every second; after four a run is up for anybody. */
  private static final String ALIVE =
      "(select s.picked and s.last_heartbeat > clock_timestamp() - interval '5 seconds'"
          + " from scheduled_tasks s where s.task_name = 'run' and s.task_instance = run.id::text)"
          + " as alive";

  private static final String COLUMNS =
      "select id, state, task, repository, base_commit, options::text, owner, created_at, "
          + ALIVE
          + ", finished_at, outcome, result::text, evidence::text, decision::text from run";

  /** After 1, 4, 16 and 64 seconds. */
  private static final int RETRIES = 4;

  private final Database database;

  public RunStore(Database database) {
    this.database = database;
  }

  void create(
      UUID run, RunRequest request, SubmitRun.Submission submission, List<String> moreNeeds) {
    database.inTransaction(transaction -> {
      create(transaction, run, request, submission, moreNeeds);
      return run;
    });
  }

  void create(
      Transaction transaction,
      UUID run,
      RunRequest request,
      SubmitRun.Submission submission,
      List<String> moreNeeds) {
    transaction.update(
        """
        insert into run (id, kind, state, task, repository, base_commit, options, request, needs,
          providers, submitter, priority, reserved_for, traceparent, spec_id, reserved_until)
        values (?, ?, 'queued', ?, ?, ?, ?, ?, ?::text[], ?::text[], ?, ?, ?, ?, ?,
          clock_timestamp() + interval '10 seconds')
        """,
        run,
        request.kind(),
        request.task().text(),
        request.repository(),
        request.base(),
        Jsonb.of(options(request)),
        Jsonb.of(request),
        Stream.concat(request.needs().stream(), moreNeeds.stream()).toList(),
        request.providers(),
        submission.submitter(),
        submission.priority(),
        submission.reservedFor().orElse(null),
        Span.current().map(TraceContext::header).orElse(null),
        request.source().flatMap(RunSource::spec).orElse(null));
    BudgetStore.write(transaction, run, request.termsOrUsual().budget());
    RunQueue.add(transaction, run);
  }

  /** Says where a run comes from; in the transaction that creates it. */
  void setParent(
      Transaction transaction, UUID run, UUID parent, int checkpoint, @Nullable String reason) {
    transaction.update(
        "update run set parent = ?, parent_checkpoint = ?, fork_reason = ? where id = ?",
        parent,
        checkpoint,
        reason,
        run);
  }

  /** Where a fork comes from, in words; empty for other runs. */
  public Optional<String> origin(UUID run) {
    return database.queryOne(
        """
        select r.parent, r.parent_checkpoint, r.fork_reason,
          (select label from checkpoint c where c.run_id = r.id and c.sequence = r.parent_checkpoint)
            as label
        from run r where r.id = ? and r.parent is not null
        """,
        row ->
            "Fork of run %s at checkpoint %d%s%s."
                .formatted(
                    row.uuid("parent"),
                    row.number("parent_checkpoint"),
                    row.optionalText("label").map(l -> " (" + l + ")").orElse(""),
                    row.optionalText("fork_reason").map(why -> ": " + why).orElse("")),
        run);
  }

  /** What the run was asked for, for people. */
  private static Map<String, Object> options(RunRequest request) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("agents", request.agents().stream().map(AgentRequest::name).toList());
    options.put("tester", request.tester().map(AgentRequest::name).orElse(null));
    options.put("includeUncommitted", !request.base().equals(request.head()));
    options.put("maxTime", request.maxTime().toString());
    options.put("branch", request.branch());
    options.put("winnow", ReadRequest.version());
    return options;
  }

  /**
   * What a node needs to know before it works on a run.
   *
   * @param worked before the current lease
   * @param request empty when this version cannot work on the run
   * @param problem why not, and what to do, in one line
   */
  record Stored(
      String kind,
      Instant created,
      Duration worked,
      boolean cancelled,
      boolean isOver,
      Optional<RunRequest> request,
      String problem) {

    /**
     * @throws WinnowException of category USAGE when this version cannot work on the run
     */
    RunRequest readable() {
      return request.orElseThrow(() -> WinnowException.usage(problem));
    }
  }

  TraceStore traces() {
    return new TraceStore(database);
  }

  AnswerStore answers(Lease lease) {
    return new AnswerStore(database, lease);
  }

  Stored stored(UUID run) {
    return database
        .queryOne(
            """
            select kind, created_at, worked_ms, cancel_requested_at is not null as cancelled,
              outcome is not null as over, request, options ->> 'winnow' as version
            from run where id = ?
            """,
            row -> {
              ReadRequest read =
                  ReadRequest.of(run, row.textOrNull("request"), row.textOrNull("version"));
              return new Stored(
                  row.text("kind"),
                  row.instant("created_at"),
                  Duration.ofMillis(row.number("worked_ms")),
                  row.flag("cancelled"),
                  row.flag("over"),
                  read.request(),
                  read.problem());
            },
            run)
        .orElseThrow(() -> WinnowException.usage("There is no run " + run + "."));
  }

  /** Where the run's task comes from, when somebody planned it. */
  public Optional<RunSource> source(UUID run) {
    return stored(run).request().flatMap(RunRequest::source);
  }

  /** Says that the candidate is at work, unless more is known of it already. */
  void startCandidate(Lease lease, String id, String agent) {
    database.inRepeatableTransaction(transaction ->
        transaction.update(
            """
            insert into candidate (run_id, id, agent, state)
            select r.id, ?, ?, 'working' from run r where r.id = ? and r.lease_epoch = ?
            for key share of r
            on conflict (run_id, id) do nothing
            """,
            id,
            agent,
            lease.run(),
            lease.epoch()));
  }

  /**
   * @param commit in the mirror, or null as long as there is none
   */
  void saveCandidate(Lease lease, Candidate candidate, @Nullable String commit) {
    int saved =
        database.inRepeatableTransaction(transaction ->
            transaction.update(
                """
                insert into candidate (run_id, id, agent, state, reason, code_tree, "commit", usage)
                select r.id, ?, ?, ?, ?, ?, ?, ? from run r where r.id = ? and r.lease_epoch = ?
                for key share of r
                on conflict (run_id, id) do update set state = excluded.state,
                  reason = excluded.reason, code_tree = excluded.code_tree,
                  "commit" = coalesce(excluded."commit", candidate."commit"), usage = excluded.usage
                """,
                candidate.id(),
                candidate.agent(),
                candidate.state(),
                candidate.problem(),
                candidate.tree(),
                commit,
                Jsonb.of(candidate.usage()),
                lease.run(),
                lease.epoch()));
    if (saved == 0) {
      throw lease.lost();
    }
  }

  void saveEvidence(Lease lease, Evidence evidence) {
    int saved =
        database.inRepeatableTransaction(transaction ->
            transaction.update(
                "update run set evidence = ? where id = ? and lease_epoch = ?",
                Jsonb.of(evidence),
                lease.run(),
                lease.epoch()));
    if (saved == 0) {
      throw lease.lost();
    }
  }

  /** What is set in the row of a run that ends; its arguments are {@link #ended}. */
  static final String ENDED =
      "state = 'done', outcome = ?, result = ?, decision = ?, waits_for = ?, waits_until = ?,"
          + " finished_at = clock_timestamp()";

  static @Nullable Object[] ended(RunResult result) {
    return new @Nullable Object[] {
      result.outcome().label(),
      Jsonb.of(result.toMap()),
      result.decision() == null ? null : Jsonb.of(result.decision()),
      result.waiting() == null ? null : result.waiting().kind(),
      result.waiting() == null ? null : result.waiting().until()
    };
  }

  /** The end of a run that nobody works on, under a lease that was taken in this transaction. */
  void finish(Transaction transaction, RunResult result, Lease lease) {
    List<@Nullable Object> arguments = new ArrayList<>(Arrays.asList(ended(result)));
    arguments.add(lease.run());
    arguments.add(lease.epoch());
    String sql = "update run set " + ENDED + " where id = ? and lease_epoch = ?";
    if (transaction.update(sql, arguments.toArray()) == 0) {
      throw lease.lost();
    }
  }

  /** Takes back what ended the run, and makes it due; a run that is at work stays as it is. */
  void reopen(Transaction transaction, UUID run, Optional<String> reservedFor) {
    transaction.update(
        """
        update run set state = 'queued', outcome = null, result = null, finished_at = null,
          worked_ms = case when outcome is null then worked_ms else 0 end,
          leased_at = case when outcome is null then leased_at end,
          owner = case when outcome is null then owner end,
          retries = 0, cancel_requested_at = null, reserved_for = ?,
          reserved_until = clock_timestamp() + interval '10 seconds'
        where id = ?
        """,
        reservedFor.orElse(null),
        run);
    // a person has looked at it: crashes are counted from here
    transaction.update(
        "update step set error = 'resumed' where run_id = ? and state in ('unknown', 'late')"
            + " and error is null",
        run);
    RunQueue.add(transaction, run);
  }

  /** Whether the branch was not known before. */
  boolean delivered(Transaction transaction, Lease lease, String branch) {
    return transaction.update(
            "update run set result = jsonb_set(result, '{branch}', to_jsonb(?::text))"
                + " where id = ? and lease_epoch = ? and result ->> 'branch' is distinct from ?",
            branch,
            lease.run(),
            lease.epoch(),
            branch)
        == 1;
  }

  /** Nobody works on the run any more, and nothing went wrong. */
  void release(Lease lease) {
    database.update(
        "update run set owner = null where id = ? and lease_epoch = ?", lease.run(), lease.epoch());
  }

  /** Counts a failure that may pass; how long to wait, or empty when it was tried often enough. */
  Optional<Duration> tryAgain(Lease lease) {
    return database
        .inTransaction(transaction ->
            transaction.queryOne(
                "update run set retries = retries + 1, owner = null where id = ? and lease_epoch = ?"
                    + " and retries < ? returning retries",
                row -> row.number("retries"),
                lease.run(),
                lease.epoch(),
                RETRIES))
        .map(retry -> Duration.ofSeconds(1L << (2 * (retry - 1))));
  }

  /** The newest runs first. */
  public List<RunSummary> list(int limit) {
    return database.query(
        "select id, created_at, state, owner, outcome, left(task, 500) as task, repository,"
            + " parent::text as parent, result->'winner'->>'agent' as winner, result->>'branch' as branch, "
            + ALIVE
            + " from run where kind <> 'interview' order by created_at desc, id desc limit ?",
        row ->
            new RunSummary(
                row.uuid("id"),
                row.instant("created_at"),
                RunRecord.status(
                    row.textOrNull("outcome"),
                    row.text("state"),
                    row.textOrNull("owner"),
                    row.flagOrNull("alive")),
                row.text("task"),
                row.text("repository"),
                row.textOrNull("winner"),
                row.textOrNull("branch"),
                row.optionalText("parent").map(UUID::fromString).orElse(null)),
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
          .queryOne(
              COLUMNS + " where kind <> 'interview' order by created_at desc, id desc limit 1",
              RunStore::run)
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
        row.flagOrNull("alive"),
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
