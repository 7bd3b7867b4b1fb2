package dev.winnow.http;

import dev.winnow.checkpoint.EventLog;
import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.run.RunStore;
import dev.winnow.store.Database;
import dev.winnow.store.Notifications;
import dev.winnow.telemetry.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The runs that clients of this node look at, whatever node works on them. */
final class FollowRuns implements AutoCloseable {

  private final EventReader reader;
  private final RunStore runs;
  private final Map<UUID, Feed> feeds = new HashMap<>();
  private final Notifications.Subscription notifications;
  private final Duration patience;
  private final Metrics metrics;
  private final AtomicLong cut = new AtomicLong();
  private boolean closed;

  /**
   * @param patience with a client that takes nothing
   * @param metrics get to know how late events are
   */
  FollowRuns(Database database, Duration patience, Metrics metrics) {
    this.metrics = metrics;
    this.patience = patience;
    this.reader = new EventReader(database);
    this.runs = new RunStore(database);
    this.notifications = database.listen(EventLog.NEWS, this::look);
  }

  /**
   * The events of a run after one that the client knows. The caller has checked that it may.
   *
   * @param after 0 for all
   */
  Outbox follow(UUID run, long after, Outbox.Line line) {
    boolean over = isOver(run);
    // a number that is not there yet would make the feed wait for ever
    long from = Math.min(after, reader.last(run));
    return join(run, feed -> new Outbox(run, reader, feed, from, line, over, () -> isOver(run)));
  }

  boolean isOver(UUID run) {
    return runs.find(run.toString()).outcome() != null;
  }

  private synchronized Outbox join(UUID run, Function<Feed, Outbox> client) {
    while (true) {
      Feed feed = feeds.computeIfAbsent(run, id -> new Feed(id, reader, this, patience));
      Outbox outbox = client.apply(feed);
      if (feed.enter(outbox)) {
        if (closed) {
          outbox.stop();
        }
        return outbox;
      }
      feeds.remove(run, feed);
    }
  }

  private void look(String payload) {
    List<Feed> all;
    synchronized (this) {
      if (payload.isEmpty()) {
        all = List.copyOf(feeds.values()); // some may have been lost
      } else {
        Feed feed = feeds.get(parse(payload));
        all = feed == null ? List.of() : List.of(feed);
      }
    }
    all.forEach(Feed::look);
  }

  private static UUID parse(String payload) {
    try {
      return UUID.fromString(payload);
    } catch (IllegalArgumentException e) {
      return new UUID(0, 0); // anybody who can connect to the database can notify
    }
  }

  /** New events: late by as much as lies between their record and now. */
  void received(List<RecordedEvent> events) {
    Instant now = Instant.now();
    events.forEach(event -> metrics.eventReceived(Duration.between(event.at(), now)));
  }

  void cut() {
    cut.incrementAndGet();
  }

  /** How many clients were cut off so far. */
  long cutClients() {
    return cut.get();
  }

  synchronized void ended(Feed feed) {
    feeds.remove(feed.run(), feed);
  }

  /** Tells all clients to come back later. */
  void stop() {
    List<Feed> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(feeds.values());
    }
    all.forEach(Feed::stop);
  }

  @Override
  public void close() {
    notifications.close();
    stop();
  }
}
