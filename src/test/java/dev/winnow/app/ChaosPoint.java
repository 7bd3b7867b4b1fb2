package dev.winnow.app;

import dev.winnow.store.Database;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * A moment in the life of a run, at which its node can be killed. Where the journal itself shows
 * that somebody is in the middle of it, that is looked for; the others are shorter than anybody can
 * look, so a trigger in the database holds whoever comes there until the test lets go.
 */
enum ChaosPoint {
  IN_A_MODEL_CALL("%/call"),
  IN_A_TOOL("%/green/turn-1/files"),
  IN_A_TEST_RUN("tests/%"),
  IN_A_SNAPSHOT(""),
  /** The server commits the result of a call, and nobody is there any more to learn of it. */
  IN_A_JOURNAL_WRITE(""),
  AT_THE_DECISION(""),
  /** The branch is there, and the journal does not have it yet. */
  AT_THE_DELIVERY("");

  private static final long DOOR = 0x6368616f73L;

  private static final List<String> TRIGGERS =
      List.of(
          "create table chaos (point text primary key)",
          """
          create function chaos() returns trigger language plpgsql as $$
          begin
            if exists (select 1 from chaos where point = tg_argv[0]) then
              perform set_config('application_name', 'chaos ' || new.run_id, true);
              perform pg_advisory_xact_lock_shared(%d);
            end if;
            return new;
          end $$
          """
              .formatted(DOOR),
          """
          create trigger chaos_snapshot before insert on object_pack for each row
            when (new.run_id is not null) execute function chaos('IN_A_SNAPSHOT')
          """,
          // fires within the commit
          """
          create constraint trigger chaos_journal after update on step deferrable initially deferred
            for each row when (new.state = 'done' and new.key like '%/call')
            execute function chaos('IN_A_JOURNAL_WRITE')
          """,
          """
          create trigger chaos_decision before insert on checkpoint for each row
            when (new.label = 'decided') execute function chaos('AT_THE_DECISION')
          """,
          """
          create trigger chaos_delivery before update on step for each row
            when (new.state = 'done' and new.key = 'deliver') execute function chaos('AT_THE_DELIVERY')
          """);

  private final String keys;

  ChaosPoint(String keys) {
    this.keys = keys;
  }

  static void prepare(Database database) {
    TRIGGERS.forEach(database::update);
  }

  /** Whether a trigger holds runs here. */
  boolean isHeld() {
    return keys.isEmpty();
  }

  /** Waits for a run here, and has something done while it is here and cannot go on. */
  <T> T hold(Database database, Function<UUID, T> meanwhile) {
    return database.inTransaction(transaction -> {
      transaction.update("set local idle_in_transaction_session_timeout = 0");
      var _ = transaction.query("select pg_advisory_xact_lock(?)::text as n", row -> "", DOOR);
      database.update("insert into chaos values (?) on conflict do nothing", name());
      try {
        Optional<UUID> run = Optional.empty();
        while (run.isEmpty()) {
          run =
              database.queryOne(
                  """
                  select substr(application_name, 7) as run from pg_stat_activity
                  where application_name like 'chaos %' and wait_event = 'advisory' limit 1
                  """,
                  row -> UUID.fromString(row.text("run")));
          pause(database);
        }
        return meanwhile.apply(run.get());
      } finally {
        database.update("delete from chaos");
      }
    });
  }

  /**
   * A run that the journal shows here now.
   *
   * @param node the beginning of the names of nodes that count
   * @param not a run that does not count
   */
  Optional<UUID> find(Database database, String node, UUID not) {
    return database.queryOne(
        """
        select t.run_id from step t join run r on r.id = t.run_id and r.lease_epoch = t.epoch
        where t.state = 'started' and t.key like ? and r.outcome is null and r.owner like ?
          and r.id <> ? and clock_timestamp() - t.started_at < interval '1 second'
        order by t.started_at desc limit 1
        """,
        row -> row.uuid("run_id"),
        keys,
        node + "%",
        not);
  }

  /** A moment, on the server's clock. */
  static void pause(Database database) {
    var _ = database.query("select pg_sleep(0.005)::text as slept", row -> row.textOrNull("slept"));
  }
}
