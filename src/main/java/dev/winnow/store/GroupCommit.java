package dev.winnow.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Commits small writes of many threads together, and sends those of one kind to the server at once.
 * A write that comes while nobody writes is committed on its own without delay; those that come
 * meanwhile are the next transaction. So one run waits no longer than before, and five hundred do
 * not pay for a round trip and a commit each. Writes with the same key are committed in the order
 * in which they came, or in the same transaction.
 */
final class GroupCommit {

  /** Does work in a transaction, also a second time after a lost connection. */
  interface Commit {
    <T> T run(Database.Work<T> work);
  }

  private static final int LANES = 3;
  private static final int MOST = 128; // writes in one transaction

  /** One statement; the result is the number of changed rows. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Write(
      String sql, @Nullable Object[] arguments, CompletableFuture<Integer> result) {}

  private final Commit commit;
  private final List<Lane> lanes = new ArrayList<>();

  GroupCommit(Commit commit) {
    this.commit = commit;
    for (int i = 0; i < LANES; i++) {
      lanes.add(new Lane());
    }
  }

  /**
   * @param wait whether the caller waits for the result anyway
   */
  CompletableFuture<Integer> add(
      Object key, boolean wait, String sql, @Nullable Object... arguments) {
    Write write = new Write(sql, arguments, new CompletableFuture<>());
    lanes.get(Math.floorMod(key.hashCode(), LANES)).add(write, wait);
    return write.result();
  }

  private final class Lane {
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Write> waiting = new ArrayDeque<>();
    private boolean busy;

    void add(Write write, boolean wait) {
      lock.lock();
      try {
        waiting.add(write);
        if (busy) {
          return;
        }
        busy = true;
      } finally {
        lock.unlock();
      }
      if (wait) {
        commit(next()); // its own, and seldom another one
      }
      if (!wait || isMore()) {
        Thread.startVirtualThread(this::drain);
      }
    }

    private void drain() {
      do {
        commit(next());
      } while (isMore());
    }

    private List<Write> next() {
      lock.lock();
      try {
        List<Write> batch = new ArrayList<>();
        while (batch.size() < MOST && !waiting.isEmpty()) {
          batch.add(waiting.remove());
        }
        return batch;
      } finally {
        lock.unlock();
      }
    }

    private boolean isMore() {
      lock.lock();
      try {
        busy = !waiting.isEmpty();
        return busy;
      } finally {
        lock.unlock();
      }
    }
  }

  private void commit(List<Write> batch) {
    if (batch.isEmpty()) {
      return;
    }
    Map<String, List<Write>> bySql = new LinkedHashMap<>();
    batch.forEach(w -> bySql.computeIfAbsent(w.sql(), _ -> new ArrayList<>()).add(w));
    try {
      List<int[]> counts =
          commit.run(transaction ->
              bySql.entrySet().stream()
                  .map(same ->
                      transaction.updateAll(
                          same.getKey(), same.getValue().stream().map(Write::arguments).toList()))
                  .toList());
      int kind = 0;
      for (List<Write> same : bySql.values()) {
        int[] changed = counts.get(kind++);
        for (int i = 0; i < changed.length; i++) {
          same.get(i).result().complete(changed[i]);
        }
      }
    } catch (RuntimeException | Error e) {
      if (batch.size() == 1) {
        batch.getFirst().result().completeExceptionally(e);
        return;
      }
      // nothing of it was committed: each on its own, so that one cannot spoil the others
      batch.forEach(write -> commit(List.of(write)));
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
