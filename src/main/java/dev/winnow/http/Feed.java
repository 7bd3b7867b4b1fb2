package dev.winnow.http;

import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the new events of one run once for all clients of this node that look at it. It never waits
 * for a client.
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
  private final List<Outbox> members = new ArrayList<>();
  private final List<Outbox> joined = new ArrayList<>();
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
    members.add(outbox);
    return true;
  }

  /** Lets a client in that has read the log up to here, unless the feed is ahead of it. */
  synchronized void joinAt(Outbox outbox, long position) {
    if (last < 0) {
      last = position;
      Thread.ofVirtual().name("feed-" + run).start(this::follow);
    }
    if (last <= position && !joined.contains(outbox)) {
      joined.add(outbox);
      outbox.isLevel();
    }
  }

  void leave(Outbox outbox) {
    synchronized (this) {
      members.remove(outbox);
      joined.remove(outbox);
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
    while (true) {
      try {
        long after;
        synchronized (this) {
          if (over) {
            return;
          }
          after = last;
        }
        List<RecordedEvent> batch = reader.read(run, after, BATCH);
        if (!batch.isEmpty()) {
          owner.received(batch);
          tell(batch.stream().map(Outbox.Frame::of).toList());
        } else {
          cutStuck();
          boolean _ = news.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
          news.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        LOG.debug("run {} cannot be read now", run, e);
        cutStuck();
        pause();
      }
    }
  }

  /** The database is away; it is looked for again. */
  private void pause() {
    try {
      boolean _ = news.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void tell(List<Outbox.Frame> frames) {
    for (Outbox.Frame frame : frames) {
      last = frame.sequence();
      joined.removeIf(outbox -> !outbox.offer(frame));
    }
    cutStuck();
  }

  private synchronized void cutStuck() {
    for (Outbox outbox : members) {
      if (outbox.look(patience.toNanos())) {
        owner.cut();
      }
    }
  }
}
