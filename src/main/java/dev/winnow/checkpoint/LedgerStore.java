package dev.winnow.checkpoint;

import dev.winnow.checkpoint.BudgetLedger.Estimate;
import dev.winnow.store.BulkWrite;
import dev.winnow.store.Database;
import dev.winnow.store.Row;
import dev.winnow.store.Transaction;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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

  // repeatable: the entry's id is chosen before
  private static final BulkWrite RESERVE =
      new BulkWrite(
          "reserved",
          """
          insert into ledger (id, run_id, candidate, step, attempt, epoch, node, model, state,
            reserved_micros, reserved_tokens)
          select w.id, r.id, w.candidate, w.step, coalesce(w.attempt,
              (select max(s.attempt) from step s where s.run_id = r.id and s.key = w.step), 1),
            w.epoch, w.node, w.model, 'reserved', w.micros, w.tokens
          from {rows} as w (run, epoch, node, id, candidate, step, attempt, model, micros, tokens)
            join run r on r.id = w.run and r.lease_epoch = w.epoch for key share of r
          """,
          "on conflict (run_id, id) do update set state = ledger.state",
          "uuid",
          "int8",
          "text",
          "uuid",
          "text",
          "text",
          "int4",
          "text",
          "int8",
          "int8");

  // no look at the lease: taking over turns 'reserved' into 'unknown', and paid is paid
  private static final BulkWrite SETTLE =
      new BulkWrite(
          "settled",
          """
          update ledger l set
            state = case when l.state in ('reserved', 'settled') then 'settled' else 'late' end,
            cost_micros = w.cost, input_tokens = w.input, output_tokens = w.output,
            cached_input_tokens = w.cached, cache_write_tokens = w.cache_write,
            reasoning_tokens = w.reasoning, cost_known = w.known, settled_at = now()
          from {rows} as w (run, id, cost, input, output, cached, cache_write, reasoning, known)
          where l.run_id = w.run and l.id = w.id
          """,
          "",
          "uuid",
          "uuid",
          "int8",
          "int8",
          "int8",
          "int8",
          "int8",
          "int8",
          "bool");

  private static final UUID NO_ENTRY = new UUID(0, 0);

  private final Database database;
  private final Lease lease;

  LedgerStore(Database database, Lease lease) {
    this.database = database;
    this.lease = lease;
  }

  /** Empty when it is reserved; otherwise what is used, which leaves too little. */
  Optional<Totals> reserve(UUID entry, PaidCall call, Budget budget) {
    if (budget.hasNoLimit()) {
      require(database.together(lease.run(), RESERVE, row(entry, call)) > 0);
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
      Totals used = totals(transaction, call.candidate(), entry);
      if (exceeds(used, call.upTo(), budget)) {
        return Optional.of(used);
      }
      require(transaction.write(RESERVE, row(entry, call)));
      return Optional.<Totals>empty();
    });
  }

  private @Nullable Object[] row(UUID entry, PaidCall call) {
    return new @Nullable Object[] {
      lease.run(),
      lease.epoch(),
      lease.node(),
      entry,
      call.candidate(),
      call.step(),
      call.attempt(),
      call.model(),
      call.upTo().costMicros(),
      call.upTo().tokens()
    };
  }

  private void require(boolean written) {
    if (!written) {
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

  CompletableFuture<Integer> settleLater(UUID entry, Spending spent) {
    return database.togetherLater(lease.run(), SETTLE, row(entry, spent));
  }

  void settle(UUID entry, Spending spent) {
    int _ = database.together(lease.run(), SETTLE, row(entry, spent));
  }

  private Object[] row(UUID entry, Spending spent) {
    return new Object[] {
      lease.run(),
      entry,
      spent.costMicros(),
      spent.inputTokens(),
      spent.outputTokens(),
      spent.cachedInputTokens(),
      spent.cacheWriteTokens(),
      spent.reasoningTokens(),
      spent.costKnown()
    };
  }

  void close(UUID entry, String state, String reason) {
    int _ =
        database.afterwards(
            lease.run(),
            """
            update ledger set state = ?, reason = left(?, 500), settled_at = clock_timestamp()
            where run_id = ? and id = ? and state = 'reserved'
            """,
            state,
            reason,
            lease.run(),
            entry);
  }
}
