package dev.winnow.http;

import dev.winnow.checkpoint.EventReader;
import dev.winnow.store.Database;
import dev.winnow.store.Notifications;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The runs that clients of this node look at, whatever node works on them. */
final class FollowRuns implements AutoCloseable {

  private final EventReader reader;
  private final Map<UUID, Feed> feeds = new HashMap<>();
  private final Notifications.Subscription notifications;
  private boolean closed;

  FollowRuns(Database database) {
    this.reader = new EventReader(database);
    this.notifications = database.listen("winnow_event", this::look);
  }

  /**
   * The events of a run after one that the client knows. The caller has checked that it may.
   *
   * @param after 0 for all
   */
  synchronized Outbox follow(UUID run, long after) {
    while (true) {
      Feed feed = feeds.computeIfAbsent(run, id -> new Feed(id, reader, this));
      Outbox outbox = new Outbox(run, reader, feed, after);
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
