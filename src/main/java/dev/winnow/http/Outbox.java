package dev.winnow.http;

import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The events that one client has still to get, in order and each once. It reads the log from where
 * the client left off, at the client's own speed; once it is level with the {@link Feed} it gets
 * what the feed reads, as long as there is room. A client that is behind and takes nothing for too
 * long is cut off: it can come back and read the log again.
 */
final class Outbox implements AutoCloseable {

  /** An event in the forms in which it is sent, each made once for all clients. */
  static final class Frame {
    private final RecordedEvent event;
    private final String json;
    private byte @Nullable [] message;
    private byte @Nullable [] frame;

    private Frame(RecordedEvent event) {
      this.event = event;
      this.json = event.toJson();
    }

    static Frame of(RecordedEvent event) {
      return new Frame(event);
    }

    RecordedEvent event() {
      return event;
    }

    String json() {
      return json;
    }

    long sequence() {
      return event.sequence();
    }

    /** Whether it ends a run. */
    boolean end() {
      return event.event() instanceof RunEvent.RunFinished;
    }

    /** Writes it as a message of an event stream. */
    void writeTo(OutputStream out) throws IOException {
      byte[] made = message;
      if (made == null) {
        made = ("id: " + sequence() + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
        message = made; // made twice at worst
      }
      out.write(made);
    }

    /** A text of a WebSocket, in UTF-8. */
    byte[] frame() {
      byte[] made = frame;
      if (made == null) {
        made = ("{\"type\":\"event\",\"data\":" + json + "}").getBytes(StandardCharsets.UTF_8);
        frame = made; // made twice at worst
      }
      return made;
    }
  }

  /** How it goes on. */
  enum State {
    OPEN,
    /** The client was too slow. */
    CUT,
    /** The server stops; the client should come back. */
    STOPPED
  }

  static final int MOST_EVENTS = 1_000;
  static final int MOST_CHARACTERS = 4 << 20;
  private static final int BATCH = 64;

  /**
   * Whoever waits longer is woken by the feed, which looks every two seconds anyway: a timer for
   * each client and each event costs more than the event.
   */
  private static final long SHORT_MILLIS = 5_000;

  private final UUID run;
  private final EventReader reader;
  private final Feed feed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Deque<Frame> waiting = new ArrayDeque<>();
  private long characters;
  private long position;
  private boolean level;
  private volatile long sendingSince; // of System.nanoTime; 0 while the client waits
  private volatile long waitingUntil; // of System.nanoTime; 0 while nobody waits for the feed
  private State state = State.OPEN;

  /**
   * @param after the last event that the client knows; 0 for none
   */
  Outbox(UUID run, EventReader reader, Feed feed, long after) {
    this.run = run;
    this.reader = reader;
    this.feed = feed;
    this.position = after;
  }

  /**
   * The next events; empty when there are none within the time, or when it is over.
   *
   * @param millis how long to wait for the first
   */
  List<Frame> next(long millis) throws InterruptedException {
    while (true) {
      lock.lockInterruptibly();
      try {
        sendingSince = 0;
        if (state != State.OPEN) {
          return List.of();
        }
        if (level || !waiting.isEmpty()) {
          return take(millis);
        }
      } finally {
        lock.unlock();
      }
      List<RecordedEvent> batch = reader.read(run, position, BATCH);
      if (!batch.isEmpty()) {
        position = batch.getLast().sequence();
        sendingSince = System.nanoTime();
        return batch.stream().map(Frame::of).toList();
      }
      feed.joinAt(this, position);
    }
  }

  private List<Frame> take(long millis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    if (millis < SHORT_MILLIS) {
      while (waiting.isEmpty() && state == State.OPEN && left > 0) {
        left = news.awaitNanos(left);
      }
    } else if (waiting.isEmpty()) {
      long until = System.nanoTime() + left;
      waitingUntil = until == 0 ? 1 : until;
      try {
        while (waiting.isEmpty() && state == State.OPEN && waitingUntil != 0) {
          news.await();
        }
      } finally {
        waitingUntil = 0;
      }
    }
    List<Frame> batch = new ArrayList<>();
    while (!waiting.isEmpty() && batch.size() < BATCH) {
      Frame frame = waiting.removeFirst();
      characters -= frame.json().length();
      batch.add(frame);
    }
    if (!batch.isEmpty()) {
      sendingSince = System.nanoTime();
    }
    return batch;
  }

  /**
   * From the feed, which calls this for every event after the one at which it joined.
   *
   * @return false when there is no room: the client goes on reading the log by itself
   */
  boolean offer(Frame frame) {
    lock.lock();
    try {
      if (state != State.OPEN || frame.sequence() <= position) {
        return true;
      }
      if (waiting.size() >= MOST_EVENTS || characters + frame.json().length() > MOST_CHARACTERS) {
        level = false;
        return false;
      }
      position = frame.sequence();
      waiting.addLast(frame);
      characters += frame.json().length();
      news.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * From the feed, every two seconds or more often: cuts the client off when it takes nothing and
   * is behind, and wakes one that has waited long enough.
   */
  boolean look(long nanos) {
    long until = waitingUntil;
    boolean wake = until != 0 && System.nanoTime() - until >= 0;
    if (sendingSince == 0 && !wake) {
      return false; // mostly, and without a lock: all clients are looked at with each event
    }
    lock.lock();
    try {
      boolean stuck =
          state == State.OPEN
              && sendingSince != 0
              && System.nanoTime() - sendingSince > nanos
              && (!level || !waiting.isEmpty());
      if (stuck) {
        state = State.CUT;
        waiting.clear();
        characters = 0;
        news.signal();
      }
      if (wake && waitingUntil == until) {
        waitingUntil = 0;
        news.signal();
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
    lock.lock();
    try {
      if (state == State.OPEN) {
        state = State.STOPPED;
      }
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether everything that is known was given out. */
  boolean isEmpty() {
    lock.lock();
    try {
      return level ? waiting.isEmpty() : reader.read(run, position, 1).isEmpty();
    } finally {
      lock.unlock();
    }
  }

  State state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    feed.leave(this);
  }
}
