package dev.winnow.http;

import dev.winnow.Ids;
import dev.winnow.Json;
import dev.winnow.checkpoint.EventLog;
import dev.winnow.run.FindRuns;
import dev.winnow.run.Whose;
import dev.winnow.store.Database;
import dev.winnow.store.Notifications;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the webhooks when a run is over, or waits for a person, whatever node worked on it. What is
 * to be told is found in the database, so nothing is forgotten by a server that was not there, and
 * each call is made by one server.
 */
final class TellWebhooks implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TellWebhooks.class);

  private static final long POLL_MILLIS = 3_000;
  private static final int AT_ONCE = 10;

  /** After 5, 20, 80, 320 seconds and so on, at most an hour apart: about five hours in all. */
  private static final int ATTEMPTS = 10;

  private record Due(
      UUID webhook, UUID run, String event, Instant ended, int attempts, String url) {
    String id() {
      return "%s.%s.%s.%d".formatted(webhook, run, event, ended.toEpochMilli());
    }
  }

  private final Database database;
  private final List<ServerOptions.Webhook> hooks;
  private final PostWebhook post;
  private final FindRuns runs;
  private final Semaphore news = new Semaphore(0);
  private volatile boolean closed;
  private @Nullable Thread thread;
  private Notifications.@Nullable Subscription notifications;

  TellWebhooks(Database database, List<ServerOptions.Webhook> hooks, int port) {
    this.database = database;
    this.hooks = hooks;
    this.post = new PostWebhook(port);
    this.runs = new FindRuns(database);
  }

  void start() {
    if (hooks.isEmpty()) {
      return;
    }
    for (ServerOptions.Webhook hook : hooks) {
      database.update(
          "insert into webhook (id, url) values (?, ?) on conflict (url) do nothing",
          Ids.next(),
          hook.url());
    }
    notifications = database.listen(EventLog.NEWS, _ -> news.release());
    thread = Thread.ofVirtual().name("webhooks").start(this::run);
  }

  private void run() {
    while (!closed) {
      try {
        find();
        for (Due due : take()) {
          tell(due);
        }
        boolean _ = news.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
        news.drainPermits();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        LOG.debug("webhooks wait for the database", e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      boolean _ = news.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> urls() {
    return hooks.stream().map(ServerOptions.Webhook::url).toList();
  }

  private void find() {
    database.update(
        """
        insert into webhook_delivery (webhook, run_id, event, ended)
        select w.id, r.id, case when r.waits_for is not null and r.answer is null
            and (r.waits_until is null or r.waits_until > clock_timestamp())
          then 'run.waiting' else 'run.finished' end, r.finished_at
        from webhook w join run r on r.finished_at > w.created_at
        where w.url = any (?::text[]) and r.finished_at > clock_timestamp() - interval '2 days'
          and r.outcome is not null and r.kind <> 'interview'
        on conflict do nothing
        """,
        urls());
  }

  /** Those that are due; nobody else gets them for a while. */
  private List<Due> take() {
    return database.inTransaction(transaction ->
        transaction.query(
            """
            update webhook_delivery d set attempts = d.attempts + 1,
              next_at = clock_timestamp() + least(3600, 5 * power(4, d.attempts)) * interval '1 second'
            from webhook w where w.id = d.webhook and (d.webhook, d.run_id, d.event, d.ended) in (
              select x.webhook, x.run_id, x.event, x.ended from webhook_delivery x
              join webhook v on v.id = x.webhook
              where x.next_at <= clock_timestamp() and v.url = any (?::text[])
              order by x.next_at limit ? for update of x skip locked)
            returning d.webhook, d.run_id, d.event, d.ended, d.attempts, w.url
            """,
            row ->
                new Due(
                    row.uuid("webhook"),
                    row.uuid("run_id"),
                    row.text("event"),
                    row.instant("ended"),
                    (int) row.number("attempts"),
                    row.text("url")),
            urls(),
            AT_ONCE));
  }

  private void tell(Due due) {
    Optional<ServerOptions.Webhook> hook =
        hooks.stream().filter(h -> h.url().equals(due.url())).findFirst();
    Optional<FindRuns.Detail> run = runs.one(Whose.EVERYBODYS, due.run());
    if (hook.isEmpty() || run.isEmpty()) {
      return;
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("event", due.event());
    body.put("delivery", due.id());
    body.put("run", run.get().overview());
    body.put("reason", run.get().reason());
    String problem = post.send(hook.get(), due.event(), due.id(), Json.write(body));
    boolean over = problem.isEmpty() || due.attempts() >= ATTEMPTS;
    if (!problem.isEmpty()) {
      LOG.warn("webhook {}: {} (attempt {})", hook.get().shown(), problem, due.attempts());
    }
    database.update(
        """
        update webhook_delivery set problem = ?, next_at = case when ? then null else next_at end,
          delivered_at = case when ? then clock_timestamp() end
        where webhook = ? and run_id = ? and event = ? and ended = ?
        """,
        problem.isEmpty() ? null : problem,
        over,
        problem.isEmpty(),
        due.webhook(),
        due.run(),
        due.event(),
        due.ended());
  }

  @Override
  public void close() {
    closed = true;
    news.release();
    if (notifications != null) {
      notifications.close();
    }
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      try {
        running.join(java.time.Duration.ofSeconds(2));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
