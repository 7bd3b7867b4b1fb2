package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Says what a queued run waits for, as far as that needs somebody to do something. */
public final class WhyQueued {

  private final Database database;

  public WhyQueued(Database database) {
    this.database = database;
  }

  /** One line; empty when some node can work on the run, or does. */
  public Optional<String> of(UUID run) {
    return database
        .queryOne(
            """
            select array_to_string(r.needs, ', ') as needs,
              (select count(*) from node n where n.seen_at > clock_timestamp() - interval '15 seconds')
                as nodes,
              (select count(*) from node n where n.seen_at > clock_timestamp() - interval '15 seconds'
                and r.needs <@ n.offers) as able
            from run r join scheduled_tasks s on s.task_name = 'run' and s.task_instance = r.id::text
            where r.id = ? and not s.picked and r.outcome is null
            """,
            row -> why(row.number("nodes"), row.number("able"), row.text("needs")),
            run)
        .filter(why -> !why.isEmpty());
  }

  /**
   * The node of a run is silent.
   *
   * @param goesOn whether another one will take the run over
   */
  public record Away(boolean goesOn) {}

  /** Empty while the node of the run answers, and when the run waits for its first or is over. */
  public Optional<Away> away(UUID run) {
    return database.queryOne(
        """
        select exists (select 1 from node n where n.seen_at > clock_timestamp() - interval '15 seconds'
          and n.name <> r.owner and r.needs <@ n.offers) as able
        from run r join scheduled_tasks s on s.task_name = 'run' and s.task_instance = r.id::text
        where r.id = ? and s.picked and r.outcome is null
          and s.last_heartbeat < clock_timestamp() - interval '2500 milliseconds'
        """,
        row -> new Away(row.flag("able")),
        run);
  }

  /** What a run that nobody works on needs of its node, and that is not among these. */
  public List<String> lacking(UUID run, List<String> offers) {
    return database.query(
        """
        select need from run, unnest(needs) need where id = ? and need <> all (?::text[])
          and not exists (select 1 from scheduled_tasks s where s.task_name = 'run'
            and s.task_instance = run.id::text and s.picked
            and s.last_heartbeat > clock_timestamp() - interval '5 seconds')
        order by need
        """,
        row -> row.text("need"),
        run,
        offers);
  }

  private static String why(long nodes, long able, String needs) {
    if (nodes == 0) {
      return "No node is running: start one with 'winnow node'.";
    }
    return able > 0
        ? ""
        : "None of the %d running nodes can work on it: it needs %s.".formatted(nodes, needs);
  }
}
