package dev.winnow.http;

import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the new events of one run once for all clients of this node that look at it, and starts to
 * send them. It never waits for a client.
 */
final class Feed {

  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  private static final int BATCH = 256;

  /** Notifications can be lost. */
  private static final long POLL_MILLIS = 2_000;

  private final UUID run;
  private final EventReader reader;
  private final FollowRuns owner;
  private final Duration patience;
  private final Semaphore news = new Semaphore(0);
  private final List<Outbox> members = new CopyOnWriteArrayList<>();
  private long last = -1; // nobody is level yet
  private boolean over;

  /**
   * @param patience with a client that takes nothing
   */
  Feed(UUID run, EventReader reader, FollowRuns owner, Duration patience) {
    this.run = run;
    this.reader = reader;
    this.owner = owner;
    this.patience = patience;
  }

  UUID run() {
    return run;
  }

  /** False when the feed has ended meanwhile. */
  synchronized boolean enter(Outbox outbox) {
    if (over) {
      return false;
    }
    if (members.isEmpty()) {
      Thread.ofVirtual().name("feed-" + run).start(this::follow);
    }
    members.add(outbox);
    return true;
  }

  /** Lets a client in that has read the log up to here, unless the feed is ahead of it. */
  synchronized void joinAt(Outbox outbox, long position) {
    if (last < 0) {
      last = position;
      news.release();
    }
    if (last <= position) {
      outbox.isLevel();
    }
  }

  void leave(Outbox outbox) {
    synchronized (this) {
      members.remove(outbox);
      if (!members.isEmpty()) {
        return;
      }
      over = true;
    }
    owner.ended(this);
    news.release();
  }

  void look() {
    news.release();
  }

  synchronized void stop() {
    over = true;
    members.forEach(Outbox::stop);
    news.release();
  }

  private void follow() {
    try {
      while (true) {
        long after;
        synchronized (this) {
          if (over) {
            return;
          }
          after = last;
        }
        List<RecordedEvent> batch = after < 0 ? List.of() : read(after);
        if (!batch.isEmpty()) {
          owner.received(batch);
          tell(batch.stream().map(EventFrame::of).toList());
        }
        cutStuck();
        if (batch.isEmpty()) {
          boolean _ = news.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
          int _ = news.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<RecordedEvent> read(long after) {
    try {
      return reader.read(run, after, BATCH);
    } catch (RuntimeException e) {
      LOG.debug("run {} cannot be read now", run, e);
      return List.of(); // the database is away; it is looked for again
    }
  }

  private void tell(List<EventFrame> frames) {
    synchronized (this) {
      last = frames.getLast().sequence();
    }
    members.forEach(member -> member.offer(frames));
  }

  private void cutStuck() {
    for (Outbox outbox : members) {
      if (outbox.cutIfStuck(patience.toNanos())) {
        owner.cut();
      }
    }
  }
}
