package dev.winnow.checkpoint;

import dev.winnow.checkpoint.BudgetLedger.Estimate;
import dev.winnow.store.Database;
import dev.winnow.store.Row;
import dev.winnow.store.Transaction;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The SQL of the ledger under a lease. */
final class LedgerStore {

  /**
   * What is used up so far, and what calls in flight may use besides; {@code mine} is the part of
   * one candidate.
   */
  record Totals(
      long costMicros,
      long tokens,
      long inFlightMicros,
      long inFlightTokens,
      long mineMicros,
      long mineTokens,
      long mineInFlightMicros,
      long mineInFlightTokens) {}

  private static final String SUMS =
      """
      select
        coalesce(sum(cost), 0) as cost, coalesce(sum(tokens), 0) as tokens,
        coalesce(sum(open_cost), 0) as open_cost, coalesce(sum(open_tokens), 0) as open_tokens,
        coalesce(sum(cost) filter (where mine), 0) as my_cost,
        coalesce(sum(tokens) filter (where mine), 0) as my_tokens,
        coalesce(sum(open_cost) filter (where mine), 0) as my_open_cost,
        coalesce(sum(open_tokens) filter (where mine), 0) as my_open_tokens
      from (select candidate = ? as mine,
          case state when 'unknown' then reserved_micros else cost_micros end as cost,
          case state when 'unknown' then reserved_tokens else input_tokens + output_tokens end
            as tokens,
          case state when 'reserved' then reserved_micros else 0 end as open_cost,
          case state when 'reserved' then reserved_tokens else 0 end as open_tokens
        from ledger where run_id = ? and id <> ?) as entry
      """;

  private static final String INSERT =
      """
      insert into ledger (id, run_id, candidate, step, attempt, epoch, node, model, state,
        reserved_micros, reserved_tokens)
      select ?, r.id, ?, ?,
        coalesce((select max(attempt) from step where run_id = r.id and key = ?), 1),
        ?, ?, ?, 'reserved', ?, ?
      from run r where r.id = ? and r.lease_epoch = ? for key share of r
      on conflict (id) do update set state = ledger.state
      """;

  private static final UUID NO_ENTRY = new UUID(0, 0);

  private final Database database;
  private final Lease lease;

  LedgerStore(Database database, Lease lease) {
    this.database = database;
    this.lease = lease;
  }

  /** Empty when it is reserved; otherwise what is used, which leaves too little. */
  Optional<Totals> reserve(
      UUID entry, String candidate, String step, String model, Estimate upTo, Budget budget) {
    // repeatable: the entry's id is chosen before
    if (budget.hasNoLimit()) {
      require(database.together(lease.run(), INSERT, row(entry, candidate, step, model, upTo)));
      return Optional.empty();
    }
    return database.inRepeatableTransaction(transaction -> {
      // one reservation of a run at a time; "no key": writers of the journal need not wait
      if (transaction
          .query(
              "select 1 as n from run where id = ? and lease_epoch = ? for no key update",
              row -> row.number("n"),
              lease.run(),
              lease.epoch())
          .isEmpty()) {
        throw lease.lost();
      }
      // a statement of its own: its snapshot must be younger than the lock
      Totals used = totals(transaction, candidate, entry);
      if (exceeds(used, upTo, budget)) {
        return Optional.of(used);
      }
      require(transaction.update(INSERT, row(entry, candidate, step, model, upTo)));
      return Optional.<Totals>empty();
    });
  }

  private @Nullable Object[] row(
      UUID entry, String candidate, String step, String model, Estimate upTo) {
    return new @Nullable Object[] {
      entry,
      candidate,
      step,
      step,
      lease.epoch(),
      lease.node(),
      model,
      upTo.costMicros(),
      upTo.tokens(),
      lease.run(),
      lease.epoch()
    };
  }

  private void require(int written) {
    if (written == 0) {
      throw lease.lost();
    }
  }

  Totals totals(String candidate) {
    return database.inRepeatableTransaction(
        transaction -> totals(transaction, candidate, NO_ENTRY));
  }

  private Totals totals(Transaction transaction, String candidate, UUID without) {
    return transaction
        .queryOne(SUMS, LedgerStore::totals, candidate, lease.run(), without)
        .orElseThrow();
  }

  private static Totals totals(Row row) {
    return new Totals(
        row.number("cost"),
        row.number("tokens"),
        row.number("open_cost"),
        row.number("open_tokens"),
        row.number("my_cost"),
        row.number("my_tokens"),
        row.number("my_open_cost"),
        row.number("my_open_tokens"));
  }

  private static boolean exceeds(Totals used, Estimate upTo, Budget budget) {
    return over(used.costMicros() + used.inFlightMicros(), upTo.costMicros(), budget.costMicros())
        || over(used.tokens() + used.inFlightTokens(), upTo.tokens(), budget.tokens())
        || over(
            used.mineMicros() + used.mineInFlightMicros(),
            upTo.costMicros(),
            budget.candidateCostMicros())
        || over(
            used.mineTokens() + used.mineInFlightTokens(), upTo.tokens(), budget.candidateTokens());
  }

  private static boolean over(long used, long wanted, @Nullable Long limit) {
    return limit != null && used + wanted > limit;
  }

  void settle(UUID entry, Spending spent) {
    // no look at the lease: taking over turns 'reserved' into 'unknown', and paid is paid
    int _ =
        database.together(
            lease.run(),
            """
            update ledger set
              state = case when state in ('reserved', 'settled') then 'settled' else 'late' end,
              cost_micros = ?, input_tokens = ?, output_tokens = ?, cached_input_tokens = ?,
              cache_write_tokens = ?, reasoning_tokens = ?, cost_known = ?, settled_at = clock_timestamp()
            where id = ?
            """,
            spent.costMicros(),
            spent.inputTokens(),
            spent.outputTokens(),
            spent.cachedInputTokens(),
            spent.cacheWriteTokens(),
            spent.reasoningTokens(),
            spent.costKnown(),
            entry);
  }

  void close(UUID entry, String state, String reason) {
    int _ =
        database.together(
            lease.run(),
            """
            update ledger set state = ?, reason = left(?, 500), settled_at = clock_timestamp()
            where id = ? and state = 'reserved'
            """,
            state,
            reason,
            entry);
  }
}
