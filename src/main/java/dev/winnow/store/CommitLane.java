package dev.winnow.store;

import dev.winnow.store.GroupCommit.Commit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A queue of writes that are committed one statement after the other: by whoever waits for one of
 * them, or else by a thread of its own. A lane that stands aside has the writes of one key whose
 * rows somebody has locked; it waits for them, and goes when it is empty.
 */
final class CommitLane {

  private static final Comparator<BulkWrite> BY_NAME =
      (one, other) -> one.name().compareTo(other.name());

  private static final int MOST = 512; // writes in one statement
  private static final int FEW = 80; // that always go together
  private static final long MOST_CHARS = 4 << 20;

  /** People who follow a run do not notice; and most of what a step tells is told within it. */
  private static final Duration MOMENT = Duration.ofMillis(5);

  /**
   * From the begin of one statement to that of the next, so that under load there is something to
   * send together: most of what a statement costs is the same for one row and for thirty.
   */
  private static final Duration PACE = Duration.ofMillis(4);

  private final Commit commit;
  private final ReentrantLock lock; // with that of the lane that this one is aside of
  private final @Nullable CommitLane main;
  private final @Nullable Object only;
  private final Map<Object, CommitLane> aside = new HashMap<>();
  private final Queue<SmallWrite> waiting = new ArrayDeque<>();
  private List<SmallWrite> committing = List.of();
  private int awaited; // of those that wait
  private boolean busy;
  private boolean lingers;
  private long begun = System.nanoTime() - PACE.toNanos();

  /**
   * @param main the lane that this one is aside of, for the key {@code only}; null for a main one
   */
  private CommitLane(
      Commit commit, ReentrantLock lock, @Nullable CommitLane main, @Nullable Object only) {
    this.commit = commit;
    this.lock = lock;
    this.main = main;
    this.only = only;
  }

  CommitLane(Commit commit) {
    this(commit, new ReentrantLock(), null, null);
  }

  void add(SmallWrite write) {
    CommitLane lane;
    boolean mine;
    lock.lock();
    try {
      lane = aside.getOrDefault(write.key(), this);
      if (write.isFlush() && !lane.isOnTheWay(write.key())) {
        write.result().complete(0);
        return;
      }
      mine = lane.queue(write);
    } finally {
      lock.unlock();
    }
    if (mine && lane.early() > 0) {
      Thread.startVirtualThread(lane::drain);
    } else if (mine) {
      lane.commit(lane.next()); // its own, and seldom another one
      if (lane.goesOn()) {
        Thread.startVirtualThread(lane::drain);
      }
    }
  }

  /** Whether a write with this key is not decided yet, or its owner not told. Under the lock. */
  private boolean isOnTheWay(Object key) {
    return Stream.concat(waiting.stream(), committing.stream())
        .anyMatch(write -> write.key().equals(key));
  }

  /** Returns whether the caller has to commit. Under the lock, like all that is named so. */
  private boolean queue(SmallWrite write) {
    waiting.add(write);
    awaited += write.awaited() ? 1 : 0;
    if (busy) {
      return false;
    }
    if (!write.awaited()) {
      linger();
      return false;
    }
    busy = true;
    return true;
  }

  /** Under the lock. */
  private void linger() {
    if (!lingers) {
      lingers = true;
      Thread.startVirtualThread(() -> {
        LockSupport.parkNanos(MOMENT.toNanos());
        drainAll();
      });
    }
  }

  /** Commits what waits now, unless somebody does. */
  void drainAll() {
    lock.lock();
    try {
      lingers = false;
      if (busy || waiting.isEmpty()) {
        return;
      }
      busy = true;
    } finally {
      lock.unlock();
    }
    drain();
  }

  private void drain() {
    do {
      LockSupport.parkNanos(early());
      commit(next());
    } while (goesOn());
  }

  /** Nanoseconds until the next statement should begin. */
  private long early() {
    lock.lock();
    try {
      return begun + PACE.toNanos() - System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  private boolean goesOn() {
    lock.lock();
    try {
      committing = List.of();
      if (awaited > 0) {
        return true;
      }
      busy = false;
      if (!waiting.isEmpty()) {
        linger();
      } else if (main != null) {
        main.aside.remove(only);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * What fits into one statement, and of much that waits only half: those who are let go together
   * come back together, so a statement of all would be followed by another one like it.
   */
  private List<SmallWrite> next() {
    lock.lock();
    try {
      begun = System.nanoTime();
      List<SmallWrite> batch = new ArrayList<>();
      long chars = 0;
      int most = Math.clamp(waiting.size() / 2, FEW, MOST);
      while (!waiting.isEmpty() && batch.size() < most && chars < MOST_CHARS) {
        if (waiting.element().isAlone() && !batch.isEmpty()) {
          break;
        }
        SmallWrite write = waiting.remove();
        awaited -= write.awaited() ? 1 : 0;
        chars += write.chars();
        batch.add(write);
        if (write.isAlone()) {
          break;
        }
      }
      committing = batch;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void commit(List<SmallWrite> batch) {
    if (batch.size() == 1 && batch.getFirst().bulk() == null) {
      commitOne(batch.getFirst());
      return;
    }
    Map<BulkWrite, List<@Nullable Object[]>> rows = new TreeMap<>(BY_NAME);
    for (SmallWrite write : batch) {
      if (write.bulk() != null) {
        rows.computeIfAbsent(write.bulk(), _ -> new ArrayList<>()).add(write.values());
      }
    }
    try {
      Set<BulkWrite> whole =
          rows.isEmpty() ? Set.of() : commit.run(main != null, t -> t.writeAll(rows, false));
      for (SmallWrite write : batch) {
        BulkWrite bulk = write.bulk();
        if (bulk == null) {
          write.result().complete(0);
        } else if (whole.contains(bulk)) {
          write.result().complete(1);
        } else {
          commitOne(write); // which of them it was that changed nothing
        }
      }
    } catch (RuntimeException | Error e) {
      if (isLocked(e)) {
        putAside(batch);
      } else {
        // each on its own, so that one cannot spoil the others; or all are there, since the answer
        // to a first time was lost with its connection
        batch.forEach(this::commitOne);
      }
    }
  }

  private void commitOne(SmallWrite write) {
    if (write.result().isDone() || isPutAside(write)) {
      return;
    }
    try {
      write.result().complete(changed(write));
    } catch (RuntimeException | Error e) {
      if (isLocked(e)) {
        putAside(List.of(write));
      } else {
        write.result().completeExceptionally(e);
      }
    }
  }

  private int changed(SmallWrite write) {
    BulkWrite bulk = write.bulk();
    if (bulk != null) {
      return commit.run(main != null, t -> t.write(bulk, write.values())) ? 1 : 0;
    }
    return write.isAlone()
        ? commit.run(main != null, t -> t.update(write.sql(), write.values()))
        : 0;
  }

  private boolean isLocked(Throwable failure) {
    return main == null && failure instanceof SqlFailure f && f.isLocked();
  }

  /** What comes later must not overtake what was put aside. */
  private boolean isPutAside(SmallWrite write) {
    lock.lock();
    try {
      CommitLane own = aside.get(write.key());
      if (own != null) {
        hand(own, write);
      }
      return own != null;
    } finally {
      lock.unlock();
    }
  }

  /** One of them waits for a lock: each key goes on alone, with what waits here already. */
  private void putAside(List<SmallWrite> batch) {
    lock.lock();
    try {
      for (SmallWrite write : batch) {
        hand(
            aside.computeIfAbsent(write.key(), key -> new CommitLane(commit, lock, this, key)),
            write);
      }
      for (Iterator<SmallWrite> rest = waiting.iterator(); rest.hasNext(); ) {
        SmallWrite write = rest.next();
        CommitLane own = aside.get(write.key());
        if (own != null) {
          rest.remove();
          awaited -= write.awaited() ? 1 : 0;
          hand(own, write);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock. */
  private static void hand(CommitLane lane, SmallWrite write) {
    if (lane.queue(write)) {
      Thread.startVirtualThread(lane::drain);
    }
  }
}
