package dev.winnow.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database as the first release left it, with a run in it. */
@Timeout(60)
class MigrationFromV1Test {

  private static final UUID RUN = UUID.fromString("01a20671-45a6-77dc-977c-c50e52e2a5c3");

  @Test
  void whatTheFirstReleaseWroteIsThereAfterwards() throws Exception {
    String url = TestDatabase.emptyUrl();
    ConnectionSource source = ConnectionSource.External.parse(url);
    Flyway.configure()
        .dataSource(new PooledSource(source))
        .locations("classpath:db/migration")
        .target("1")
        .load()
        .migrate();
    try (var connection = source.connect();
        var statement = connection.createStatement()) {
      statement.execute(
          "insert into run (id, kind, state, task, repository, base_commit, lease_epoch, owner)"
              + " values ('"
              + RUN
              + "', 'change', 'queued', 'a task', '/repo', 'abc', 3, 'host/1/1')");
      statement.execute(
          "insert into step (run_id, key, epoch, state, input_hash, input, result) values ('"
              + RUN
              + "', 'c1/red/turn-1/call', 3, 'done', '\\x00', '\"in\"', '\"out\"')");
      statement.execute(
          "insert into event (run_id, sequence, body) values ('"
              + RUN
              + "', 1, '{\"type\":\"notice\",\"text\":\"hello\"}')");
    }
    try (Database database = Database.open(Path.of("/nonexistent"), Optional.of(url), line -> {})) {
      assertThat(
              database.queryOne(
                  """
                  select r.task || s.key || (e.body->>'text') || r.worked_ms as kept,
                    r.request is null and e.fingerprint is null as old
                  from run r join step s on s.run_id = r.id join event e on e.run_id = r.id
                  where r.id = ?
                  """,
                  row -> row.text("kept") + row.flag("old"),
                  RUN))
          .hasValue("a taskc1/red/turn-1/callhello0true");
      // an unfinished run of that release is in no queue: nobody could work on it
      assertThat(
              database.queryOne(
                  "select count(*) as n from scheduled_tasks", row -> row.number("n")))
          .hasValue(0L);
    }
  }
}
