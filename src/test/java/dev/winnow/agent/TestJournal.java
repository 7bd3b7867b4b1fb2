package dev.winnow.agent;

import dev.winnow.Ids;
import dev.winnow.checkpoint.Budget;
import dev.winnow.checkpoint.BudgetStore;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.Lease;
import dev.winnow.store.Database;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** The journal of a new run. */
public final class TestJournal {

  private final Database database;
  private final UUID run = Ids.next();

  public TestJournal(Database database) {
    this.database = database;
    database.update(
        """
        insert into run (id, kind, state, task, repository)
        values (?, 'change', 'queued', 'task', 'repository')\
        """,
        run);
  }

  /** Picks the run up, as a new process would; earlier pick-ups can write no more. */
  public CheckpointManager pickUp() {
    return new CheckpointManager(database, Lease.acquire(database, run, "test"));
  }

  /** What the run may cost, for those who pick it up after this. */
  public void budget(long costMicros) {
    BudgetStore.write(database, run, new Budget(costMicros, null, null, null));
  }

  public Set<String> keys() {
    return new HashSet<>(
        database.query("select key from step where run_id = ?", row -> row.text("key"), run));
  }

  /** The entries of the ledger, as state, input and output tokens. */
  java.util.List<String> ledger() {
    return database.query(
        "select state || ' ' || input_tokens || ' ' || output_tokens as entry from ledger"
            + " where run_id = ? order by id",
        row -> row.text("entry"),
        run);
  }

  /** What is recorded for a step, as JSON. */
  String result(String key) {
    return database
        .queryOne(
            "select result::text as result from step where run_id = ? and key = ?",
            row -> row.text("result"),
            run,
            key)
        .orElseThrow();
  }
}
