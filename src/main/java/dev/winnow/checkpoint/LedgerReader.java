package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import dev.winnow.store.Row;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Reads the ledger of any run. */
public final class LedgerReader {

  private final Database database;

  public LedgerReader(Database database) {
    this.database = database;
  }

  /** All entries, oldest first. */
  public List<LedgerEntry> entries(UUID run) {
    return database.query(
        """
        select id, candidate, step, attempt, node, model, state, reserved_micros, reserved_tokens,
          cost_micros, input_tokens, output_tokens, cached_input_tokens, cache_write_tokens,
          reasoning_tokens, cost_known, origin::text as origin, reason, at
        from ledger where run_id = ? order by at, id
        """,
        LedgerReader::entry,
        run);
  }

  /** What the providers counted, also for calls of a parent run that this one took over. */
  public Spending spent(UUID run) {
    return entries(run).stream().map(LedgerEntry::spent).reduce(Spending.NONE, Spending::plus);
  }

  private static LedgerEntry entry(Row row) {
    return new LedgerEntry(
        row.uuid("id"),
        row.text("candidate"),
        row.text("step"),
        (int) row.number("attempt"),
        row.text("node"),
        row.text("model"),
        LedgerEntry.State.valueOf(row.text("state").toUpperCase(Locale.ROOT)),
        row.number("reserved_micros"),
        row.number("reserved_tokens"),
        new Spending(
            row.number("cost_micros"),
            row.number("input_tokens"),
            row.number("output_tokens"),
            row.number("cached_input_tokens"),
            row.number("cache_write_tokens"),
            row.number("reasoning_tokens"),
            row.flag("cost_known")),
        row.optionalText("origin").map(UUID::fromString).orElse(null),
        row.textOrNull("reason"),
        row.instant("at"));
  }
}
