package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import dev.winnow.store.Row;
import dev.winnow.store.Transaction;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Budgets in the database. */
public final class BudgetStore {

  private BudgetStore() {}

  /** Sets the limits of a run that nobody works on. */
  public static void write(Database database, UUID run, Budget budget) {
    database.inRepeatableTransaction(transaction -> write(transaction, run, budget));
  }

  /** The same, in the transaction that creates the run. */
  public static int write(Transaction transaction, UUID run, Budget budget) {
    return transaction.update(
        """
        insert into budget (run_id, cost_micros, tokens, candidate_cost_micros, candidate_tokens)
        values (?, ?, ?, ?, ?)
        on conflict (run_id) do update set cost_micros = excluded.cost_micros,
          tokens = excluded.tokens, candidate_cost_micros = excluded.candidate_cost_micros,
          candidate_tokens = excluded.candidate_tokens
        """,
        run,
        budget.costMicros(),
        budget.tokens(),
        budget.candidateCostMicros(),
        budget.candidateTokens());
  }

  /** {@link Budget#UNLIMITED} when none was set. */
  public static Budget read(Database database, UUID run) {
    return database
        .queryOne(
            """
            select cost_micros, tokens, candidate_cost_micros, candidate_tokens
            from budget where run_id = ?
            """,
            row ->
                new Budget(
                    number(row, "cost_micros"),
                    number(row, "tokens"),
                    number(row, "candidate_cost_micros"),
                    number(row, "candidate_tokens")),
            run)
        .orElse(Budget.UNLIMITED);
  }

  private static @Nullable Long number(Row row, String column) {
    String text = row.textOrNull(column);
    return text == null ? null : Long.valueOf(text);
  }
}
