package dev.winnow.http;

import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * The events that one client has still to get, in order and each once. At most one write is under
 * way; what comes meanwhile waits, and its end starts the next one. The client's own thread reads
 * the log from where the client left off, at the client's speed. Once it is level with the {@link
 * Feed}, the feed's thread starts the writes, and the client's thread sleeps until there is
 * something else to do. A client that is behind and takes nothing for too long is cut off: it can
 * come back and read the log again.
 */
final class Outbox implements AutoCloseable {

  /** Where a client's events go. */
  interface Line {

    /** Takes everything at once. */
    Line NOWHERE = (_, sent) -> sent.succeeded();

    /**
     * Starts to send, and never waits.
     *
     * @param frames none for a sign of life
     * @param sent is told when the network has taken all of them, or that it will not
     */
    void send(List<EventFrame> frames, Callback sent);
  }

  /** What the client's own thread has to do. */
  enum Turn {
    /** Nothing: the time has passed. */
    WAITED,
    /** The run is over, and the client has all of it. */
    ENDED,
    /** The client was too slow. */
    CUT,
    /** The server stops; the client should come back. */
    STOPPED,
    /** The client has gone. */
    GONE
  }

  static final int MOST_EVENTS = 1_000;
  static final int MOST_CHARACTERS = 4 << 20;
  private static final int BATCH = 64;

  /** Of one write: a client with a slow network has to be seen taking something now and then. */
  private static final int BATCH_CHARACTERS = 64 << 10;

  private final UUID run;
  private final EventReader reader;
  private final Feed feed;
  private final Line line;
  private final BooleanSupplier isOver;
  private final Writes writes = new Writes();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Deque<EventFrame> waiting = new ArrayDeque<>();
  private long characters;
  private long position;
  private boolean level; // nothing lies between what was read and what the feed will offer
  private boolean ended; // the run, as far as the client can know
  private boolean beat;
  private @Nullable Turn last; // after which nothing is sent any more
  private volatile long sendingSince; // of System.nanoTime; 0 while nothing is being sent

  /**
   * @param after the last event that the client knows; 0 for none
   * @param ended whether the run was over before the log is read
   * @param isOver whether it is now: it may be taken up again
   */
  Outbox(
      UUID run,
      EventReader reader,
      Feed feed,
      long after,
      Line line,
      boolean ended,
      BooleanSupplier isOver) {
    this.run = run;
    this.reader = reader;
    this.feed = feed;
    this.position = after;
    this.line = line;
    this.isOver = isOver;
    this.ended = ended;
  }

  /** One write after the other, begun by whoever has something, without waiting. */
  private final class Writes extends IteratingCallback {

    @Override
    protected Action process() {
      List<EventFrame> frames = take();
      if (frames == null) {
        return Action.IDLE;
      }
      line.send(frames, this);
      return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
      over(Turn.GONE, true);
    }

    /** So the thread that finds the network free goes on with it itself. */
    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }

  /**
   * Sends what there is and what comes, until something else is to be done. For the client's own
   * thread, which reads the log and waits in here.
   *
   * @param millis how long at most
   */
  Turn deliver(long millis) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (true) {
      long from;
      boolean complete;
      lock.lockInterruptibly();
      try {
        complete = await(until);
        if (last != null) {
          return last;
        }
        if (!complete && System.nanoTime() - until >= 0) {
          return Turn.WAITED;
        }
        ended &= !complete;
        from = position;
      } finally {
        lock.unlock();
      }
      if (!complete) {
        read(from);
      } else if (isOver.getAsBoolean()) { // not when it was taken up again
        return Turn.ENDED;
      }
    }
  }

  /** Waits until something is to be done; whether the client has all of a run that has ended. */
  private boolean await(long until) throws InterruptedException {
    while (last == null) {
      if (level && ended && waiting.isEmpty() && sendingSince == 0) {
        return true;
      }
      long left = until - System.nanoTime();
      if (left <= 0 || (!level && waiting.isEmpty())) {
        return false;
      }
      long _ = news.awaitNanos(left);
    }
    return false;
  }

  private void read(long from) {
    List<RecordedEvent> batch = reader.read(run, from, BATCH);
    if (batch.isEmpty()) {
      feed.joinAt(this, from);
      return;
    }
    lock.lock();
    try {
      batch.forEach(event -> add(EventFrame.of(event)));
    } finally {
      lock.unlock();
    }
    writes.iterate();
  }

  private void add(EventFrame frame) {
    position = frame.sequence();
    waiting.addLast(frame);
    characters += frame.length();
  }

  /** What is to be sent now; null for nothing. */
  private @Nullable List<EventFrame> take() {
    lock.lock();
    try {
      boolean nothing = waiting.isEmpty() && !beat;
      if (nothing || last != null) {
        sendingSince = 0;
        if (last != null || ended || !level) {
          news.signal(); // else the client's thread sleeps on: waking it costs more than the write
        }
        return null;
      }
      List<EventFrame> frames = new ArrayList<>();
      int length = 0;
      while (!waiting.isEmpty() && frames.size() < BATCH && length < BATCH_CHARACTERS) {
        EventFrame frame = waiting.removeFirst();
        frames.add(frame);
        length += frame.length();
        ended |= frame.end();
      }
      characters -= length;
      beat = false;
      sendingSince = System.nanoTime() | 1;
      if (!level && waiting.isEmpty()) {
        news.signal(); // more can be read meanwhile
      }
      return frames;
    } finally {
      lock.unlock();
    }
  }

  /**
   * From the feed: new events. Where there is no room for them, the client goes on reading the log.
   */
  void offer(List<EventFrame> frames) {
    lock.lock();
    try {
      if (!level || last != null) {
        return;
      }
      for (EventFrame frame : frames) {
        if (frame.sequence() <= position) {
          continue;
        }
        if (waiting.size() >= MOST_EVENTS || characters + frame.length() > MOST_CHARACTERS) {
          level = false;
          break;
        }
        add(frame);
      }
    } finally {
      lock.unlock();
    }
    writes.iterate();
  }

  /** Sends a sign of life, unless something is being sent. */
  void beat() {
    lock.lock();
    try {
      beat = sendingSince == 0 && last == null;
    } finally {
      lock.unlock();
    }
    writes.iterate();
  }

  /** From the feed, again and again: whether the client was cut off now. */
  boolean cutIfStuck(long nanos) {
    if (sendingSince == 0) {
      return false; // mostly, and without a lock: all clients are looked at with each event
    }
    lock.lock();
    try {
      boolean stuck =
          last == null
              && sendingSince != 0
              && System.nanoTime() - sendingSince > nanos
              && (!level || !waiting.isEmpty());
      if (stuck) {
        over(Turn.CUT, false);
      }
      return stuck;
    } finally {
      lock.unlock();
    }
  }

  /** From the feed: nothing lies between what was read and what will be offered. */
  void isLevel() {
    lock.lock();
    try {
      level = true;
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    over(Turn.STOPPED, false);
  }

  private void over(Turn turn, boolean sent) {
    lock.lock();
    try {
      if (last == null) {
        last = turn;
      }
      waiting.clear();
      characters = 0;
      if (sent) {
        sendingSince = 0;
      }
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Sends nothing more, and waits until the last write has ended, well or badly. */
  void finish() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (last == null) {
        last = Turn.ENDED;
      }
      while (sendingSince != 0) {
        news.await();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    over(Turn.ENDED, false);
    feed.leave(this);
  }
}
