package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import dev.winnow.telemetry.ObserveShared;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The queue and the runs by state, for whoever watches. */
public final class QueueNumbers implements ObserveShared.Source {

  /** A page of metrics is not held up by a database that is away. */
  private static final int PATIENCE_SECONDS = 2;

  private record Queue(Map<String, Long> runs, long queued, double oldest) {}

  private final Database database;
  private @Nullable CompletableFuture<Queue> asked;

  public QueueNumbers(Database database) {
    this.database = database;
  }

  @Override
  public synchronized Optional<ObserveShared.Numbers> numbers() {
    CompletableFuture<Queue> before = asked;
    CompletableFuture<Queue> answer;
    if (before != null && !before.isDone()) {
      answer = before; // the database is away
    } else {
      answer = new CompletableFuture<>();
      asked = answer;
      CompletableFuture<Queue> open = answer;
      Thread.ofVirtual()
          .start(() -> {
            try {
              open.complete(ask());
            } catch (RuntimeException e) {
              open.completeExceptionally(e);
            }
          });
    }
    try {
      Queue queue = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      Database.Pool pool = database.pool();
      return Optional.of(
          new ObserveShared.Numbers(
              queue.runs(),
              queue.queued(),
              queue.oldest(),
              Map.of("used", (long) pool.used(), "idle", (long) pool.idle()),
              pool.waiting()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (Exception e) {
      return Optional.empty();
    }
  }

  private Queue ask() {
    Map<String, Long> runs =
        new HashMap<>(Map.of("queued", 0L, "running", 0L, "waiting", 0L, "finished", 0L));
    database
        .query(
            """
            select case when r.outcome is not null and r.waits_for is not null and r.answer is null then 'waiting'
                when r.outcome is not null then 'finished'
                when s.picked then 'running' else 'queued' end as state, count(*) as n
            from run r left join scheduled_tasks s
              on s.task_name = 'run' and s.task_instance = r.id::text
            group by 1
            """,
            row -> Map.entry(row.text("state"), row.number("n")))
        .forEach(e -> runs.put(e.getKey(), e.getValue()));
    return database
        .queryOne(
            """
            select count(*) as n,
              coalesce((extract(epoch from clock_timestamp() - min(execution_time)) * 1000)::bigint, 0) as oldest
            from scheduled_tasks
            where task_name = 'run' and not picked and execution_time <= clock_timestamp()
            """,
            row -> new Queue(runs, row.number("n"), row.number("oldest") / 1e3))
        .orElseThrow();
  }
}
