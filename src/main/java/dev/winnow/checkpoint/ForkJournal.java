package dev.winnow.checkpoint;

import dev.winnow.store.Transaction;
import java.util.UUID;

/**
 * Gives a new run what another one had recorded up to a cut: steps, checkpoints, the snapshots' way
 * to other nodes, and the money that all of it cost. A step was begun after those before it in its
 * branch were recorded, so what had ended at a moment is a whole beginning of every branch.
 */
public final class ForkJournal {

  private ForkJournal() {}

  /**
   * Copies in the transaction that creates the fork.
   *
   * @param otherTask whether the fork has another task: then what the tester wrote is left behind,
   *     because it was written for the old one
   */
  public static void copy(
      Transaction transaction, UUID parent, Checkpoint cut, UUID fork, boolean otherTask) {
    transaction.update(
        """
        insert into step (run_id, key, attempt, epoch, node, state, input_hash, input, result, error,
          started_at, finished_at, origin)
        select ?, key, attempt, 0, node, state, input_hash, input, result, error, started_at,
          finished_at, coalesce(origin, run_id)
        from step s where run_id = ? and state in ('done', 'failed')
          and finished_at <= (select at from checkpoint where run_id = ? and sequence = ?)
          and not (? and key like 'tester/%')
        """,
        fork, parent, parent, cut.sequence(), otherTask);
    transaction.update(
        """
        insert into checkpoint (run_id, sequence, label, state, trees, cost_micros, tokens, at)
        select ?, sequence, label, state, trees, cost_micros, tokens, at
        from checkpoint where run_id = ? and sequence <= ?
        """,
        fork,
        parent,
        cut.sequence());
    // paid for what was copied; or lost before the cut, nobody knows for what
    transaction.update(
        """
        insert into ledger (id, run_id, candidate, step, attempt, epoch, node, model, state,
          reserved_micros, reserved_tokens, cost_micros, input_tokens, output_tokens,
          cached_input_tokens, cache_write_tokens, reasoning_tokens, cost_known, origin, reason, at, settled_at)
        select gen_random_uuid(), ?, candidate, step, attempt, 0, node, model, l.state,
          reserved_micros, reserved_tokens, cost_micros, input_tokens, output_tokens,
          cached_input_tokens, cache_write_tokens, reasoning_tokens, cost_known, coalesce(l.origin, l.run_id),
          reason, at, settled_at
        from ledger l where l.run_id = ? and l.state <> 'reserved'
          and (exists (select 1 from step s where s.run_id = ? and s.key = l.step)
            or l.state = 'unknown'
              and l.at <= (select at from checkpoint where run_id = ? and sequence = ?))
        """,
        fork,
        parent,
        fork,
        parent,
        cut.sequence());
    copyPacks(transaction, parent, fork);
  }

  private static void copyPacks(Transaction transaction, UUID parent, UUID fork) {
    String renamed = "? || substr(name, length(?) + 1)";
    transaction.update(
        """
        insert into object_pack (repository, name, run_id, wanted, chunks, bytes, at, remote, ref)
        select repository, %s, ?, wanted, chunks, bytes, at, remote, ref
        from object_pack where run_id = ?
        """
            .formatted(renamed),
        fork.toString(),
        parent.toString(),
        fork,
        parent);
    transaction.update(
        """
        insert into object_chunk (repository, name, number, data)
        select c.repository, ? || substr(c.name, length(?) + 1), c.number, c.data
        from object_chunk c join object_pack p on p.repository = c.repository and p.name = c.name
        where p.run_id = ?
        """,
        fork.toString(),
        parent.toString(),
        parent);
    transaction.update(
        """
        update run set needs = array(select unnest(needs) union
          select n from run p, unnest(p.needs) n where p.id = ? and n like 'snapshots:%')
        where id = ?
        """,
        parent, fork);
  }
}
