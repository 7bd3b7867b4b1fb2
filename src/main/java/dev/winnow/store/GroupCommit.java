package dev.winnow.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

  /**
   * Two had smaller statements, more of them, and longer waits: most of what one costs is fixed.
   */
  private final CommitLane lane;

  GroupCommit(Commit commit) {
    this.lane = new CommitLane(commit);
  }

  /** A row of a bulk. */
  CompletableFuture<Integer> add(
      Object key, boolean awaited, BulkWrite bulk, @Nullable Object... values) {
    return add(new SmallWrite(key, awaited, bulk, "", values, new CompletableFuture<>()));
  }

  /** A statement of its own. */
  CompletableFuture<Integer> add(
      Object key, boolean awaited, String sql, @Nullable Object... values) {
    return add(new SmallWrite(key, awaited, null, sql, values, new CompletableFuture<>()));
  }

  /** Is done when all that came before with this key is decided. */
  CompletableFuture<Integer> flush(Object key) {
    return add(new SmallWrite(key, true, null, "", new Object[0], new CompletableFuture<>()));
  }

  private CompletableFuture<Integer> add(SmallWrite write) {
    lane.add(write);
    return write.result();
  }

  /** What waits for company is committed now. */
  void close() {
    lane.drainAll();
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
