package dev.winnow.checkpoint;

import dev.winnow.store.Database;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes of a run that nobody waits for, because a later one is waited for and they are on disk
 * before or with it. That one asks here whether they got there. Thread-safe.
 */
final class WritesAhead {

  private final Database database;
  private final Lease lease;
  private volatile @Nullable Throwable failure; // the first one

  WritesAhead(Database database, Lease lease) {
    this.database = database;
    this.lease = lease;
  }

  /**
   * @param written how many rows; none means that the lease is lost
   * @param then when it is written
   */
  void add(CompletableFuture<Integer> written, Runnable then) {
    var _ =
        written.handle((rows, thrown) -> {
          Throwable bad = thrown == null && rows == 0 ? lease.lost() : thrown;
          if (bad == null) {
            then.run();
          } else {
            fail(bad);
          }
          return rows;
        });
  }

  void add(CompletableFuture<Integer> written) {
    add(written, () -> {});
  }

  private synchronized void fail(Throwable bad) {
    failure = failure == null ? bad : failure;
  }

  /**
   * @throws RuntimeException when one of them was not written
   */
  void check() {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /** Waits for all of them; throws as {@link #check} does. */
  void flush() {
    database.flush(lease.run());
    check();
  }
}
