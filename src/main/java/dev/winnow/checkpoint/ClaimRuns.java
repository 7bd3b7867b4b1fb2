package dev.winnow.checkpoint;

import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import dev.winnow.store.Database;
import dev.winnow.store.Row;
import dev.winnow.store.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which due runs this node takes. The scheduler's own statement takes the oldest; this one
 * knows what a run needs, limits over all nodes, priorities and whose turn it is.
 */
final class ClaimRuns extends PostgreSqlJdbcCustomization {

  /** One at a time over all nodes, so that limits hold; any number that nobody else uses. */
  private static final long CLAIM_LOCK = 0x77696e6e6f77L;

  private static final int LOOKED_AT = 1_000;

  private static final String DUE =
      """
      from scheduled_tasks s join run r on r.id = s.task_instance::uuid
      where s.task_name = 'run' and not s.picked and s.execution_time <= ?
        and (?::text[] is null or s.task_instance = any (?::text[]))
        and (r.reserved_for is null or r.reserved_for = ?
          or r.reserved_until < clock_timestamp())
        and r.needs <@ ?::text[]
      """;

  private record Due(
      UUID run,
      String submitter,
      int priority,
      Instant lastTurn,
      Instant since,
      List<String> providers) {}

  private final Database database;
  private final NodeOptions options;

  ClaimRuns(Database database, NodeOptions options) {
    super(false, false);
    this.database = database;
    this.options = options;
  }

  @Override
  public List<Execution> lockAndFetchSingleStatement(
      JdbcTaskRepositoryContext context, Instant now, int limit, boolean orderByPriority) {
    String scheduler = context.schedulerName.getName();
    if (!options.hasLimits()) {
      List<Taken> rows =
          database.inOneStatement(transaction -> takeAll(transaction, scheduler, now, limit));
      if (rows.getFirst().due() <= limit) {
        return rows.stream().flatMap(taken -> taken.execution().stream()).toList();
      }
    }
    return database.inTransaction(transaction -> claim(transaction, scheduler, now, limit));
  }

  private List<Execution> claim(Transaction transaction, String scheduler, Instant now, int limit) {
    List<Due> due = due(transaction, now);
    if (due.isEmpty()) {
      return List.of();
    }
    // a statement of its own: the next one must see what others committed while this one waited
    var _ =
        transaction.queryOne(
            "select pg_advisory_xact_lock(?)::text as locked", row -> "", CLAIM_LOCK);
    List<Execution> claimed = new ArrayList<>();
    Turns turns = new Turns(transaction, options);
    for (Due next = turns.next(due); next != null && claimed.size() < limit; ) {
      due.remove(next);
      Optional<Execution> execution = take(transaction, next, scheduler, now);
      if (execution.isPresent()) {
        claimed.add(execution.get());
        turns.taken(next);
      }
      next = turns.next(due);
    }
    return claimed;
  }

  /**
   * @param due how many there were
   */
  private record Taken(long due, Optional<Execution> execution) {}

  /** All that are due, if there is room for them, so that it is nobody's turn; at least one row. */
  private List<Taken> takeAll(Transaction transaction, String scheduler, Instant now, int limit) {
    return transaction.query(
        """
        with due as (select s.task_instance %s limit ? for update of s skip locked),
          taken as (
            update scheduled_tasks t set picked = true, picked_by = ?, last_heartbeat = ?,
              version = version + 1
            from due where t.task_name = 'run' and t.task_instance = due.task_instance
              and (select count(*) from due) <= ?
            returning t.task_instance, t.execution_time, t.version)
        select (select count(*) from due) as due, taken.* from (values (1)) one left join taken on true
        """
            .formatted(DUE),
        row ->
            new Taken(
                row.number("due"),
                row.optionalText("task_instance").map(run -> execution(row, run, scheduler, now))),
        now,
        only(),
        only(),
        options.name(),
        options.offers(),
        LOOKED_AT,
        scheduler,
        now,
        limit);
  }

  private List<Due> due(Transaction transaction, Instant now) {
    return new ArrayList<>(
        transaction.query(
            """
            select r.id, r.submitter, r.priority, r.created_at, array_to_string(r.providers, ',') as providers,
              (select max(o.leased_at) from run o where o.submitter = r.submitter) as last_turn
            %s order by r.priority desc, r.created_at, r.id limit ?
            """
                .formatted(DUE),
            row ->
                new Due(
                    row.uuid("id"),
                    row.text("submitter"),
                    (int) row.number("priority"),
                    Objects.requireNonNullElse(row.instantOrNull("last_turn"), Instant.EPOCH),
                    row.instant("created_at"),
                    list(row.text("providers"))),
            now,
            only(),
            only(),
            options.name(),
            options.offers(),
            LOOKED_AT));
  }

  private @Nullable List<String> only() {
    return options.only().map(runs -> runs.stream().map(UUID::toString).toList()).orElse(null);
  }

  private static List<String> list(String joined) {
    return joined.isEmpty() ? List.of() : List.of(joined.split(",", -1));
  }

  private static Optional<Execution> take(
      Transaction transaction, Due due, String scheduler, Instant now) {
    return transaction.queryOne(
        """
        update scheduled_tasks set picked = true, picked_by = ?, last_heartbeat = ?,
          version = version + 1
        where task_name = 'run' and task_instance = ? and not picked
        returning execution_time, version
        """,
        row -> execution(row, due.run().toString(), scheduler, now),
        scheduler,
        now,
        due.run().toString());
  }

  private static Execution execution(Row row, String run, String scheduler, Instant now) {
    return new Execution(
        row.instant("execution_time"),
        new TaskInstance<Void>(RunQueue.TASK, run),
        true,
        scheduler,
        null,
        null,
        0,
        now,
        row.number("version"));
  }

  /** Who is next: priority, then the user with the least at work, then who waited longest. */
  private static final class Turns {
    private final NodeOptions options;
    private final Map<String, Integer> bySubmitter = new HashMap<>();
    private final Map<String, Integer> byProvider = new HashMap<>();
    private int all;

    Turns(Transaction transaction, NodeOptions options) {
      this.options = options;
      transaction
          .query(
              """
              select r.submitter, array_to_string(r.providers, ',') as providers
              from scheduled_tasks s join run r on r.id = s.task_instance::uuid
              where s.task_name = 'run' and s.picked
              """,
              row -> Map.entry(row.text("submitter"), list(row.text("providers"))))
          .forEach(busy -> count(busy.getKey(), busy.getValue()));
    }

    private void count(String submitter, List<String> providers) {
      all++;
      bySubmitter.merge(submitter, 1, Integer::sum);
      providers.forEach(provider -> byProvider.merge(provider, 1, Integer::sum));
    }

    void taken(Due due) {
      count(due.submitter(), due.providers());
    }

    @Nullable Due next(List<Due> due) {
      if (options.allRuns().isPresent() && all >= options.allRuns().get()) {
        return null;
      }
      return due.stream()
          .filter(this::hasRoom)
          .min(
              Comparator.comparingInt((Due d) -> -d.priority())
                  .thenComparingInt(d -> bySubmitter.getOrDefault(d.submitter(), 0))
                  .thenComparing(Due::lastTurn)
                  .thenComparing(Due::since)
                  .thenComparing(Due::run))
          .orElse(null);
    }

    private boolean hasRoom(Due due) {
      return due.providers().stream()
          .allMatch(provider ->
              byProvider.getOrDefault(provider, 0)
                  < options.perProvider().getOrDefault(provider, Integer.MAX_VALUE));
    }
  }
}
