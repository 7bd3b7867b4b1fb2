package dev.winnow.checkpoint;

import dev.winnow.store.BulkWrite;
import dev.winnow.store.Database;
import dev.winnow.telemetry.CleanText;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The SQL of the journal. Every write checks the lease. */
final class StepStore {

  // an intent, without a result; or a step that had none, with its result
  private static final BulkWrite WRITE =
      new BulkWrite(
          "steps",
          """
          insert into step (run_id, key, attempt, epoch, node, state, input_hash, input, result,
            finished_at)
          select r.id, w.key, w.attempt, w.epoch, w.node,
            case when w.result is null then 'started' else 'done' end, w.hash, w.input,
            w.result::json, case when w.result is not null then now() end
          from {rows} as w (run, epoch, node, key, attempt, hash, input, result)
            join run r on r.id = w.run and r.lease_epoch = w.epoch for key share of r
          """,
          """
          on conflict (run_id, key, attempt) do update set node = excluded.node
            where step.epoch = excluded.epoch and step.state = excluded.state
          """,
          "uuid",
          "int8",
          "text",
          "text",
          "int4",
          "bytea",
          "text",
          "text");

  // no look at the lease: taking over turns 'started' into 'unknown'
  private static final BulkWrite FINISH =
      new BulkWrite(
          "finished",
          """
          update step s set state = 'done', result = w.result::json, finished_at = now()
          from {rows} as w (run, epoch, key, attempt, result)
          where s.run_id = w.run and s.key = w.key and s.attempt = w.attempt and s.epoch = w.epoch
            and s.state in ('started', 'done')
          """,
          "",
          "uuid",
          "int8",
          "text",
          "int4",
          "text");

  private static final String LATE =
      """
      update step set state = 'late', result = ?::json, finished_at = clock_timestamp()
      where run_id = ? and key = ? and attempt = ? and epoch = ? and state = 'unknown'
      """;

  /** Larger results are fetched when they are asked for. */
  private static final int KEPT_IN_MEMORY = 64 * 1024; // bytes

  private final Database database;
  private final Lease lease;
  private final UUID run;

  StepStore(Database database, Lease lease) {
    this.database = database;
    this.lease = lease;
    this.run = lease.run();
  }

  Map<String, RecordedStep> load() {
    Map<String, RecordedStep> steps = new HashMap<>();
    database
        .query(
            """
            select key, encode(input_hash, 'hex') as hash, input, error,
              origin is not null as inherited,
              case when octet_length(result::text) <= ? then result end as result
            from step where run_id = ? and state in ('done', 'failed')
            """,
            row ->
                Map.entry(
                    row.text("key"),
                    new RecordedStep(
                        new StepInput(row.text("hash"), CleanText.stored(row.text("input"))),
                        row.textOrNull("result"),
                        row.textOrNull("error"),
                        row.flag("inherited"))),
            KEPT_IN_MEMORY,
            run)
        .forEach(entry -> steps.put(entry.getKey(), entry.getValue()));
    return steps;
  }

  Optional<String> newestKey(String prefix, String suffix) {
    return database.queryOne(
        """
        select key from step where run_id = ? and state = 'done'
          and left(key, length(?)) = ? and right(key, length(?)) = ?
        order by finished_at desc limit 1
        """,
        row -> row.text("key"),
        run,
        prefix,
        prefix,
        suffix,
        suffix);
  }

  String resultOf(String key, RecordedStep step) {
    String result = step.result();
    return result != null
        ? result
        : database
            .queryOne(
                "select result from step where run_id = ? and key = ? and state = 'done'",
                row -> row.text("result"),
                run,
                key)
            .orElseThrow();
  }

  /** Attempts at each step so far, of all leases. */
  Map<String, Integer> attempts() {
    Map<String, Integer> attempts = new HashMap<>();
    database
        .query(
            "select key, max(attempt) as n from step where run_id = ? group by key",
            row -> Map.entry(row.text("key"), (int) row.number("n")),
            run)
        .forEach(entry -> attempts.put(entry.getKey(), entry.getValue()));
    return attempts;
  }

  /** Records the intent; 0 when the lease is lost. */
  CompletableFuture<Integer> beginLater(String key, int attempt, StepInput input) {
    return database.togetherLater(run, WRITE, row(key, attempt, input, null));
  }

  /** The same, and waits for it. */
  void begin(String key, int attempt, StepInput input) {
    require(database.together(run, WRITE, row(key, attempt, input, null)));
  }

  private @Nullable Object[] row(
      String key, int attempt, StepInput input, @Nullable CleanText result) {
    return new @Nullable Object[] {
      run, lease.epoch(), lease.node(), key, attempt, bytes(input), input.excerpt(), result
    };
  }

  private void require(int changed) {
    if (changed == 0) {
      throw lease.lost();
    }
  }

  /** Records the result; if the run was taken over meanwhile, only for the ledger. */
  void finish(String key, int attempt, CleanText json) {
    int done = database.together(run, FINISH, run, lease.epoch(), key, attempt, json);
    if (done == 0) {
      int _ = database.afterwards(run, LATE, late(key, attempt, json));
      throw lease.lost();
    }
  }

  /** The same without waiting for it; 0 when the lease is lost. */
  CompletableFuture<Integer> finishLater(String key, int attempt, CleanText json) {
    return database
        .togetherLater(run, FINISH, run, lease.epoch(), key, attempt, json)
        .thenApply(done -> {
          if (done == 0) {
            var _ = database.afterwardsLater(run, LATE, late(key, attempt, json));
          }
          return done;
        });
  }

  private Object[] late(String key, int attempt, CleanText json) {
    return new Object[] {json, run, key, attempt, lease.epoch()};
  }

  /** Records that the step failed for good. */
  void fail(String key, int attempt, String error) {
    settle(key, attempt, "failed", error);
  }

  /** Records that it is not known what became of the step. */
  void abandon(String key, int attempt, String error) {
    settle(key, attempt, "unknown", error);
  }

  /** Takes back the intent of work that was not begun. */
  void withdraw(String key, int attempt) {
    int _ =
        database.afterwards(
            run,
            """
            delete from step
            where run_id = ? and key = ? and attempt = ? and epoch = ? and state = 'started'
            """,
            run,
            key,
            attempt,
            lease.epoch());
  }

  private void settle(String key, int attempt, String state, String error) {
    require(
        database.afterwards(
            run,
            """
            update step set state = ?, error = ?, finished_at = clock_timestamp()
            where run_id = ? and key = ? and attempt = ? and epoch = ? and state in ('started', ?)
            """,
            state,
            error,
            run,
            key,
            attempt,
            lease.epoch(),
            state));
  }

  /** Records a step that had no intent. */
  void record(String key, int attempt, StepInput input, CleanText json) {
    require(database.together(run, WRITE, row(key, attempt, input, json)));
  }

  /** The same without waiting for it; 0 when the lease is lost. */
  CompletableFuture<Integer> recordLater(String key, int attempt, StepInput input, CleanText json) {
    return database.togetherLater(run, WRITE, row(key, attempt, input, json));
  }

  private static byte[] bytes(StepInput input) {
    return HexFormat.of().parseHex(input.hash());
  }
}
