package dev.winnow.interview;

import dev.winnow.Ids;
import dev.winnow.Json;
import dev.winnow.checkpoint.Budget;
import dev.winnow.checkpoint.BudgetStore;
import dev.winnow.spec.Spec;
import dev.winnow.store.Database;
import dev.winnow.store.Jsonb;
import java.util.Map;
import java.util.UUID;

/**
 * Interviews in the database: each is a run of kind {@code interview} that no queue knows, so that
 * journal, events and ledger are the same as for all paid calls.
 */
final class InterviewStore {

  private final Database database;

  InterviewStore(Database database) {
    this.database = database;
  }

  UUID create(Spec spec, InterviewRequest request, Budget budget) {
    UUID id = Ids.next();
    return database.inTransaction(transaction -> {
      transaction.update(
          """
          insert into run (id, kind, state, task, repository, options, request, submitter, spec_id)
          values (?, 'interview', 'running', ?, ?, ?, ?, ?, ?)
          """,
          id,
          spec.task(),
          spec.repository().orElse(""),
          Jsonb.of(Map.of()),
          Jsonb.of(request),
          spec.submitter(),
          spec.id());
      BudgetStore.write(transaction, id, budget);
      return id;
    });
  }

  InterviewRequest request(UUID interview) {
    return database
        .queryOne(
            "select request::text as request from run where id = ? and kind = 'interview'",
            row -> Json.read(row.text("request"), InterviewRequest.class),
            interview)
        .orElseThrow();
  }

  /** How often it failed; a new attempt must not find the failed one's steps. */
  int failures(UUID interview) {
    return database
        .queryOne(
            "select retries from run where id = ?", row -> (int) row.number("retries"), interview)
        .orElse(0);
  }

  void failed(UUID interview, String reason) {
    database.update(
        """
        update run set retries = retries + 1, state = 'done', outcome = 'failed', owner = null,
          finished_at = clock_timestamp(), result = jsonb_build_object('reason', ?::text)
        where id = ?
        """,
        reason,
        interview);
  }

  /** Nobody works on it now. */
  void rests(UUID interview) {
    database.update(
        """
        update run set state = 'done', outcome = 'answered', owner = null, result = null,
          finished_at = clock_timestamp() where id = ?
        """,
        interview);
  }
}
