package dev.winnow.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.store.Database;
import dev.winnow.store.Row;
import dev.winnow.telemetry.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The cuts of one run, under its lease. Thread-safe. */
public final class Checkpoints {

  private static final String COLUMNS =
      "select sequence, label, state, trees::text as trees, cost_micros, tokens, at from checkpoint";

  private final Database database;
  private final Lease lease;

  public Checkpoints(Database database, Lease lease) {
    this.database = database;
    this.lease = lease;
  }

  /**
   * Records that the run has come to here. A label that is recorded already, because the run is
   * being resumed, stays as it is.
   *
   * @throws WinnowException INFRASTRUCTURE when another process took the run over
   */
  public void mark(String label, String state) {
    Span.of("checkpoint").set("winnow.checkpoint", label).run(_ -> insert(label, state));
  }

  private synchronized void insert(String label, String state) {
    database.flush(lease.run()); // the statement looks at what is recorded
    int marked =
        database.inRepeatableTransaction(transaction ->
            transaction.update(
                """
                insert into checkpoint (run_id, sequence, label, state, trees, cost_micros, tokens)
                select r.id,
                  1 + coalesce((select max(sequence) from checkpoint where run_id = r.id), 0), ?, ?,
                  (select coalesce(jsonb_object_agg(candidate, tree) filter (where tree is not null), '{}') from (
                    select distinct on (split_part(key, '/', 1)) split_part(key, '/', 1) as candidate,
                      TREE as tree
                    from step where run_id = r.id and state = 'done' and key like '%/files'
                    order by 1, finished_at desc) newest),
                  (select coalesce(sum(cost_micros), 0) from ledger where run_id = r.id),
                  (select coalesce(sum(input_tokens + output_tokens), 0) from ledger
                    where run_id = r.id)
                from run r where r.id = ? and r.lease_epoch = ? for key share of r
                on conflict (run_id, label) do update set label = excluded.label
                """
                    .replace("TREE", ExactJson.TREE),
                label,
                state,
                lease.run(),
                lease.epoch()));
    if (marked == 0) {
      throw lease.lost();
    }
  }

  /** All of a run, oldest first. */
  public static List<Checkpoint> list(Database database, UUID run) {
    return database.query(
        COLUMNS + " where run_id = ? order by sequence", Checkpoints::checkpoint, run);
  }

  /**
   * One of a run.
   *
   * @param wanted its number or its label
   * @throws WinnowException of category USAGE when there is none
   */
  public static Checkpoint find(Database database, UUID run, String wanted) {
    List<Checkpoint> all = list(database, run);
    return all.stream()
        .filter(c -> c.label().equals(wanted) || String.valueOf(c.sequence()).equals(wanted))
        .findFirst()
        .orElseThrow(() ->
            WinnowException.usage(
                all.isEmpty()
                    ? "Run %s has no checkpoints: it was made by an older Winnow, never started, or was cleaned up."
                        .formatted(run)
                    : "Run %s has no checkpoint '%s': 'winnow runs checkpoints %s' shows the %d that it has."
                        .formatted(
                            run,
                            wanted.replaceAll("\\p{Cntrl}", "?").transform(w -> cut(w)),
                            run,
                            all.size())));
  }

  private static String cut(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private static Checkpoint checkpoint(Row row) {
    Map<String, String> trees = new HashMap<>();
    Json.read(row.text("trees"), ObjectNode.class)
        .properties()
        .forEach(e -> trees.put(e.getKey(), e.getValue().asText()));
    return new Checkpoint(
        (int) row.number("sequence"),
        row.text("label"),
        row.text("state"),
        trees,
        row.number("cost_micros"),
        row.number("tokens"),
        row.instant("at"));
  }
}
