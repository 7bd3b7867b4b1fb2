package dev.winnow.store;

import dev.winnow.telemetry.CleanText;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Commits small writes of many threads together, and sends them to the server as one statement. A
 * write that somebody waits for is committed at once, with all that came before it, or by whoever
 * commits at the moment, as soon as that is done. A write that nobody waits for goes with the next
 * one, or on its own after a moment. So one run waits no longer than before, and five hundred do
 * not pay for a round trip and a commit each.
 *
 * <p>Writes with the same key are committed in the order in which they came, or in the same
 * transaction. A key whose rows somebody has locked gets a lane of its own for as long, so that the
 * others do not wait for it.
 */
final class GroupCommit {

  /** Does one statement, also a second time after a lost connection. */
  interface Commit {
    /**
     * @param patient whether to wait for locked rows; otherwise the statement fails after a moment
     */
    <T> T run(boolean patient, Database.Work<T> work);
  }

  private static final Comparator<BulkWrite> BY_NAME = Comparator.comparing(BulkWrite::name);

  static final int LANES = 3;
  private static final int MOST = 128; // writes in one statement
  private static final long MOST_CHARS = 4 << 20;

  /** People who follow a run do not notice; and most of what a step tells is told within it. */
  private static final Duration MOMENT = Duration.ofMillis(5);

  /**
   * One write, or the wait for those before it.
   *
   * @param awaited whether somebody waits for the result
   * @param bulk null for a statement of its own, or for none
   * @param result the number of changed rows
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Write(
      Object key,
      boolean awaited,
      @Nullable BulkWrite bulk,
      String sql,
      @Nullable Object[] values,
      CompletableFuture<Integer> result) {

    boolean isAlone() {
      return !sql.isEmpty();
    }

    long chars() {
      long chars = 0;
      for (Object value : values) {
        chars +=
            switch (value) {
              case String text -> text.length();
              case CleanText text -> text.text().length();
              case Jsonb json -> json.text().length();
              case null, default -> 8;
            };
      }
      return chars;
    }
  }

  private final Commit commit;
  private final List<Lane> lanes = new ArrayList<>();

  GroupCommit(Commit commit) {
    this.commit = commit;
    for (int i = 0; i < LANES; i++) {
      lanes.add(new Lane(new ReentrantLock(), null, null));
    }
  }

  /** A row of a bulk. */
  CompletableFuture<Integer> add(
      Object key, boolean awaited, BulkWrite bulk, @Nullable Object... values) {
    return add(new Write(key, awaited, bulk, "", values, new CompletableFuture<>()));
  }

  /** A statement of its own. */
  CompletableFuture<Integer> add(
      Object key, boolean awaited, String sql, @Nullable Object... values) {
    return add(new Write(key, awaited, null, sql, values, new CompletableFuture<>()));
  }

  /** Is done when all that came before with this key is decided. */
  CompletableFuture<Integer> flush(Object key) {
    return add(new Write(key, true, null, "", new Object[0], new CompletableFuture<>()));
  }

  private CompletableFuture<Integer> add(Write write) {
    lanes.get(Math.floorMod(write.key().hashCode(), LANES)).add(write);
    return write.result();
  }

  /** What waits for company is committed now. */
  void close() {
    for (Lane lane : lanes) {
      lane.drainAll();
    }
  }

  private final class Lane {
    private final ReentrantLock lock; // with that of the lane that this one is aside of
    private final @Nullable Lane main;
    private final @Nullable Object only;
    private final Map<Object, Lane> aside = new HashMap<>();
    private final Queue<Write> waiting = new ArrayDeque<>();
    private int awaited; // of those that wait
    private boolean busy;
    private boolean lingers;

    /**
     * @param main the lane that this one is aside of, for the key {@code only}; null for a main one
     */
    Lane(ReentrantLock lock, @Nullable Lane main, @Nullable Object only) {
      this.lock = lock;
      this.main = main;
      this.only = only;
    }

    void add(Write write) {
      Lane lane;
      boolean mine;
      lock.lock();
      try {
        lane = aside.getOrDefault(write.key(), this);
        mine = lane.queue(write);
      } finally {
        lock.unlock();
      }
      if (mine) {
        lane.commit(lane.next()); // its own, and seldom another one
        if (lane.goesOn()) {
          Thread.startVirtualThread(lane::drain);
        }
      }
    }

    /** Returns whether the caller has to commit. Under the lock, like all that is named so. */
    private boolean queue(Write write) {
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

    private void drainAll() {
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
        commit(next());
      } while (goesOn());
    }

    private boolean goesOn() {
      lock.lock();
      try {
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

    /** What fits into one statement. */
    private List<Write> next() {
      lock.lock();
      try {
        List<Write> batch = new ArrayList<>();
        long chars = 0;
        while (!waiting.isEmpty() && batch.size() < MOST && chars < MOST_CHARS) {
          if (waiting.element().isAlone() && !batch.isEmpty()) {
            break;
          }
          Write write = waiting.remove();
          awaited -= write.awaited() ? 1 : 0;
          chars += write.chars();
          batch.add(write);
          if (write.isAlone()) {
            break;
          }
        }
        return batch;
      } finally {
        lock.unlock();
      }
    }

    private void commit(List<Write> batch) {
      if (batch.size() == 1) {
        commitOne(batch.getFirst());
        return;
      }
      Map<BulkWrite, List<@Nullable Object[]>> rows = new TreeMap<>(BY_NAME);
      for (Write write : batch) {
        if (write.bulk() != null) {
          rows.computeIfAbsent(write.bulk(), _ -> new ArrayList<>()).add(write.values());
        }
      }
      try {
        Set<BulkWrite> whole =
            rows.isEmpty() ? Set.of() : commit.run(main != null, t -> t.writeAll(rows));
        for (Write write : batch) {
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
          // nothing of it was committed: each on its own, so that one cannot spoil the others
          batch.forEach(this::commitOne);
        }
      }
    }

    private void commitOne(Write write) {
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

    private int changed(Write write) {
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
    private boolean isPutAside(Write write) {
      lock.lock();
      try {
        Lane own = aside.get(write.key());
        if (own != null) {
          hand(own, write);
        }
        return own != null;
      } finally {
        lock.unlock();
      }
    }

    /** One of them waits for a lock: each key goes on alone, with what waits here already. */
    private void putAside(List<Write> batch) {
      lock.lock();
      try {
        for (Write write : batch) {
          hand(aside.computeIfAbsent(write.key(), key -> new Lane(lock, this, key)), write);
        }
        for (Iterator<Write> rest = waiting.iterator(); rest.hasNext(); ) {
          Write write = rest.next();
          Lane own = aside.get(write.key());
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
  }

  /** Under the lock. */
  private static void hand(Lane lane, Write write) {
    if (lane.queue(write)) {
      Thread.startVirtualThread(lane::drain);
    }
  }

  static int await(CompletableFuture<Integer> result) {
    try {
      return result.join();
    } catch (CompletionException e) {
      throw switch (e.getCause()) {
        case RuntimeException failure -> failure;
        case Error failure -> throw failure;
        case null, default -> e;
      };
    }
  }
}
