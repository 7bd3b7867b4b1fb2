package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The SQL of the journal. Every write checks the lease. */
final class StepStore {

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
                        new StepInput(row.text("hash"), row.text("input")),
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

  /** Records the intent. */
  void begin(String key, int attempt, StepInput input) {
    // repeatable: a second time it finds its own row
    require(
        database.together(
            run,
            """
            insert into step (run_id, key, attempt, epoch, node, state, input_hash, input)
            select r.id, ?, ?, ?, ?, 'started', ?, ?
            from run r where r.id = ? and r.lease_epoch = ? for key share of r
            on conflict (run_id, key, attempt) do update set node = excluded.node
              where step.epoch = excluded.epoch and step.state = 'started'
            """,
            key,
            attempt,
            lease.epoch(),
            lease.node(),
            bytes(input),
            input.excerpt(),
            run,
            lease.epoch()));
  }

  private void require(int changed) {
    if (changed == 0) {
      throw lease.lost();
    }
  }

  /** Records the result; if the run was taken over meanwhile, only for the ledger. */
  void finish(String key, int attempt, String json) {
    // no look at the lease: taking over turns 'started' into 'unknown'
    int done =
        database.together(
            run,
            """
            update step set state = 'done', result = ?::json, finished_at = clock_timestamp()
            where run_id = ? and key = ? and attempt = ? and epoch = ? and state in ('started', 'done')
            """,
            json,
            run,
            key,
            attempt,
            lease.epoch());
    if (done == 0) {
      int _ =
          database.together(
              run,
              """
              update step set state = 'late', result = ?::json, finished_at = clock_timestamp()
              where run_id = ? and key = ? and attempt = ? and epoch = ? and state = 'unknown'
              """,
              json,
              run,
              key,
              attempt,
              lease.epoch());
      throw lease.lost();
    }
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
        database.together(
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
        database.together(
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
  void record(String key, int attempt, StepInput input, String json) {
    require(
        database.together(
            run,
            """
            insert into step (run_id, key, attempt, epoch, node, state, input_hash, input, result,
              finished_at)
            select r.id, ?, ?, ?, ?, 'done', ?, ?, ?::json, clock_timestamp()
            from run r where r.id = ? and r.lease_epoch = ? for key share of r
            on conflict (run_id, key, attempt) do update set node = excluded.node
              where step.epoch = excluded.epoch
            """,
            key,
            attempt,
            lease.epoch(),
            lease.node(),
            bytes(input),
            input.excerpt(),
            json,
            run,
            lease.epoch()));
  }

  private static byte[] bytes(StepInput input) {
    return HexFormat.of().parseHex(input.hash());
  }
}
