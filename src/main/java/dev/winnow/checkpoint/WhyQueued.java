package dev.winnow.checkpoint;

import dev.winnow.store.Database;
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

  private static String why(long nodes, long able, String needs) {
    if (nodes == 0) {
      return "No node is running: start one with 'winnow node'.";
    }
    return able > 0
        ? ""
        : "None of the %d running nodes can work on it: it needs %s.".formatted(nodes, needs);
  }
}
