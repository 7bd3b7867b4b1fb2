package dev.winnow.store;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells other processes what was committed: at once, and what comes meanwhile together. Not in the
 * transactions themselves, because one that notifies holds a lock of the whole database until its
 * commit is on disk. What a crash takes away here is found by those who listen: they look by
 * themselves, too.
 */
final class Announcements implements AutoCloseable {

  /** Nobody who follows a run sees more often. */
  private static final Duration BETWEEN = Duration.ofMillis(5);

  // nothing is lost with it but itself, so nobody has to wait for the disk
  private static final String TELL =
      """
      select pg_notify(a.channel, a.payload)::text as told
      from unnest(?::text[], ?::text[]) as a (channel, payload),
        set_config('synchronous_commit', 'off', true)
      """;

  private final Database database;
  private final Audience audience;
  private final Set<Announcement> waiting = new LinkedHashSet<>();
  private final ReentrantLock telling = new ReentrantLock();
  private boolean busy;
  private long told = System.nanoTime() - BETWEEN.toNanos();

  Announcements(Database database, Audience audience) {
    this.database = database;
    this.audience = audience;
  }

  void add(List<Announcement> announced) {
    if (announced.stream().allMatch(a -> !a.always() && audience.isKnownToBeAway(a.channel()))) {
      return;
    }
    synchronized (this) {
      waiting.addAll(announced);
      if (busy) {
        return;
      }
      busy = true;
    }
    Thread.startVirtualThread(this::tellAll);
  }

  private void tellAll() {
    do {
      // a wait for nothing is not free: the timer's thread wakes twice for it
      LockSupport.parkNanos(early());
    } while (tellSome());
  }

  private synchronized long early() {
    return told + BETWEEN.toNanos() - System.nanoTime();
  }

  /** Whether more has come meanwhile; if not, whoever adds something begins anew. */
  private boolean tellSome() {
    telling.lock();
    try {
      List<Announcement> some = take();
      if (!some.isEmpty()) {
        tell(some);
      }
      return goesOn();
    } finally {
      telling.unlock();
    }
  }

  private synchronized List<Announcement> take() {
    List<Announcement> some = List.copyOf(waiting);
    waiting.clear();
    told = System.nanoTime();
    return some;
  }

  private synchronized boolean goesOn() {
    busy = !waiting.isEmpty();
    return busy;
  }

  private void tell(List<Announcement> all) {
    try {
      List<Announcement> some =
          all.stream().filter(a -> a.always() || audience.isThere(a.channel())).toList();
      if (some.isEmpty()) {
        return;
      }
      List<String> _ =
          database.query(
              TELL,
              row -> row.text("told"),
              some.stream().map(Announcement::channel).toList(),
              some.stream().map(Announcement::payload).toList());
    } catch (RuntimeException e) {
      // the database is away; whoever listens looks by itself
    }
  }

  /** What waits, or is being told, is told before the connections are closed. */
  @Override
  public void close() {
    boolean _ = tellSome();
  }
}
