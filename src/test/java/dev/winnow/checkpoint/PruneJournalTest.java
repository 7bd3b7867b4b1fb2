package dev.winnow.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.Ids;
import dev.winnow.store.Database;
import dev.winnow.store.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events, transcripts (results of steps) and snapshots, by age and by size. */
class PruneJournalTest {

  private static final Duration YEAR = Duration.ofDays(365);
  private static final long KIB = 1024;

  private final Database database = TestDatabase.fresh();
  private final PruneJournal journal = new PruneJournal(database);
  private final UUID oldest = run("5 days");
  private final UUID older = run("3 days");
  private final UUID young = run("1 hour");
  private final UUID waiting = run("9 days");
  private final UUID atWork = run("9 days");

  PruneJournalTest() {
    database.update("update run set waits_for = 'approval' where id = ?", waiting);
    database.update(
        "update run set outcome = null, finished_at = null, state = 'running' where id = ?",
        atWork);
  }

  @AfterEach
  void close() {
    database.close();
  }

  /** A run with a transcript of 100 KiB, an event of 10 KiB and a snapshot of 50 KiB. */
  private UUID run(String age) {
    UUID run = Ids.next();
    database.update(
        """
        insert into run (id, kind, state, task, repository, outcome, finished_at)
        values (?, 'change', 'done', 't', '/r', 'accepted', clock_timestamp() - ?::interval)
        """,
        run,
        age);
    database.update(
        """
        insert into step (run_id, key, epoch, state, input_hash, input, result)
        select ?, 'c1/red/turn-' || n || '/call', 1, 'done', '\\x00', 'in', to_json(md5(n::text))
        from generate_series(1, 100) n
        """,
        run);
    database.update(
        """
        insert into event (run_id, sequence, body)
        select ?, n, jsonb_build_object('type', 'notice', 'text', md5(n::text))
        from generate_series(1, 10) n
        """,
        run);
    database.update(
        """
        insert into object_pack (repository, name, run_id, wanted, chunks, bytes)
        values ('r', ?, ?, 'tree', 1, ?)
        """,
        run + "/c1/1-1/tree",
        run,
        50 * KIB);
    database.update(
        "insert into object_chunk (repository, name, number, data) values ('r', ?, 0, ?)",
        run + "/c1/1-1/tree",
        new byte[(int) (50 * KIB)]);
    return run;
  }

  private List<Long> rows(UUID run) {
    return List.of("step", "event", "object_pack").stream()
        .map(table ->
            database
                .queryOne(
                    "select count(*) as n from " + table + " where run_id = ?",
                    row -> row.number("n"),
                    run)
                .orElseThrow())
        .toList();
  }

  @Test
  void eventsGoByTheirAgeAndTheJournalStays() {
    assertThat(journal.pruneEvents(Duration.ofDays(2), true)).isEqualTo(20);
    assertThat(journal.pruneEvents(Duration.ofDays(2), false)).isEqualTo(20);
    assertThat(rows(oldest)).containsExactly(100L, 0L, 1L);
    assertThat(rows(young)).containsExactly(100L, 10L, 1L);
    assertThat(rows(waiting)).isEqualTo(rows(atWork)).containsExactly(100L, 10L, 1L);
  }

  @Test
  void transcriptsEventsAndSnapshotsGoByTheAgeOfTheirRun() {
    assertThat(journal.older(Duration.ofDays(2))).containsExactly(oldest, older);
    assertThat(journal.older(YEAR)).isEmpty();
    assertThat(journal.prune(oldest)).isTrue();
    assertThat(rows(oldest)).containsExactly(0L, 0L, 0L);
    assertThat(database.queryOne("select count(*) as n from object_chunk", row -> row.number("n")))
        .contains(4L);
    assertThat(journal.prune(waiting)).as("a person may still want it").isFalse();
    assertThat(journal.prune(atWork)).isFalse();
    assertThat(rows(waiting)).isEqualTo(rows(atWork)).containsExactly(100L, 10L, 1L);
    assertThat(journal.older(Duration.ofDays(2))).containsExactly(older);
  }

  @Test
  void theOldestOfThemGoWhileAllTakeTooMuch() {
    long each =
        database
            .queryOne(
                """
                select (select sum(pg_column_size(s.*)) from step s where run_id = ?)
                  + (select sum(pg_column_size(e.*)) from event e where run_id = ?) as n
                """,
                row -> row.number("n"),
                young,
                young)
            .orElseThrow();
    long all = 5 * (each + 50 * KIB);
    assertThat(journal.beyond(all + 5 * KIB)).isEmpty();
    assertThat(journal.beyond(all - 10 * KIB)).containsExactly(oldest);
    // by what transcripts and events take alone, nothing would have to go
    assertThat(journal.beyond(5 * each + 140 * KIB)).containsExactly(oldest, older);
    assertThat(journal.beyond(0)).containsExactly(oldest, older, young);
  }
}
