package dev.winnow.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.checkpoint.Lease;
import dev.winnow.store.Database;
import dev.winnow.store.Jsonb;
import dev.winnow.store.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunStoreTest {

  private final Database database = TestDatabase.fresh();
  private final RunStore store = new RunStore(database);

  @AfterEach
  void close() {
    database.close();
  }

  private UUID insert(UUID id) {
    database.update(
        "insert into run(id, kind, state, task, repository, options)"
            + " values (?, 'change', 'queued', 'Add a thing', '/repo', ?)",
        id,
        Jsonb.of(Map.of()));
    return id;
  }

  @Test
  void aRunIsFoundByItsIdItsBeginningItsEndAndAsTheLatest() {
    UUID old = insert(Ids.next());
    UUID run = insert(Ids.next());
    String id = run.toString();
    assertThat(store.find(id).id()).isEqualTo(run);
    assertThat(store.find(id.toUpperCase(java.util.Locale.ROOT)).id()).isEqualTo(run);
    assertThat(store.find(id.substring(id.length() - 8)).id()).isEqualTo(run);
    assertThat(store.find("latest").id()).isEqualTo(run);
    assertThat(store.list(10)).extracting(RunSummary::run).containsExactly(run, old);
  }

  @Test
  void anAmbiguousBeginningNamesTheRunsThatItFits() {
    UUID first = insert(UUID.fromString("01a20671-45a6-77dc-977c-c50e52e2a5c3"));
    UUID second = insert(UUID.fromString("01a20671-45a6-77dc-977c-c50e52e2a5c4"));
    assertThatThrownBy(() -> store.find("01a20671"))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining(first.toString())
        .hasMessageContaining(second.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "%", "01a2%", "' or 1=1--", "zzzz", "-----", "feedbeef"})
  void anIdThatFitsNothingIsOneClearLine(String id) {
    insert(UUID.fromString("01a20671-45a6-77dc-977c-c50e52e2a5c3"));
    assertThatThrownBy(() -> store.find(id))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("runs list");
  }

  @Test
  void aRunWhoseProcessIsGoneIsInterrupted() {
    UUID run = insert(Ids.next());
    assertThat(store.find(run.toString()).status()).isEqualTo("queued");
    Lease.acquire(database, run, Node.name());
    assertThat(store.find(run.toString()).status()).isEqualTo("running");
    String dead = Node.name().replaceAll("/\\d+$", "/1");
    Lease.acquire(database, run, dead);
    assertThat(store.find(run.toString()).status()).isEqualTo(RunRecord.INTERRUPTED);
    Lease.acquire(database, run, "another-host/1/1");
    assertThat(store.find(run.toString()).status()).isEqualTo("running");
  }

  @Test
  void aNodeThatLostItsLeaseCannotFinishTheRun() {
    UUID run = insert(Ids.next());
    Lease lost = Lease.acquire(database, run, "a/1/1");
    Lease current = Lease.acquire(database, run, "b/1/1");
    assertThatThrownBy(() -> finish(RunOutcome.CANCELLED, lost)).hasMessageContaining("took over");
    assertThat(store.find(run.toString()).outcome()).isNull();
    finish(RunOutcome.FAILED, current);
    RunRecord record = store.find(run.toString());
    assertThat(record.outcome()).isEqualTo("failed");
    assertThat(record.result()).containsEntry("type", "result").containsEntry("winner", null);
  }

  private void finish(RunOutcome outcome, Lease lease) {
    database.inTransaction(transaction -> {
      store.finish(transaction, RunResult.without(lease.run(), outcome, "why", List.of()), lease);
      return lease;
    });
  }
}
