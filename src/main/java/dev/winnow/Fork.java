package dev.winnow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Structured concurrency on virtual threads: fork all, join all before returning, and hand the
 * first failure to the caller after the rest was cancelled.
 */
public final class Fork {

  /**
   * What goes along into every branch: the span that the work is in. Only telemetry binds and reads
   * it; everything else is a parameter.
   */
  public static final ScopedValue<Object> ALONG = ScopedValue.newInstance();

  private Fork() {}

  /** One branch: work that gets a cancellation of its own, triggered when a sibling fails. */
  public interface Branch<T> {
    T run(Cancellation cancellation) throws Exception;
  }

  /** Runs {@code work} for each item at once; results in the order of the items. */
  public static <I, T> List<T> each(
      List<I> items, Cancellation cancellation, Function<I, Branch<T>> work) {
    return each(items, Integer.MAX_VALUE, cancellation, work);
  }

  /** The same, with at most {@code limit} branches at work at a time. */
  public static <I, T> List<T> each(
      List<I> items, int limit, Cancellation cancellation, Function<I, Branch<T>> work) {
    List<Callable<T>> branches = new ArrayList<>();
    Cancellation siblings = cancellation.child();
    Semaphore permits = new Semaphore(limit, true);
    Object along = ALONG.isBound() ? ALONG.get() : null;
    for (I item : items) {
      Branch<T> branch = work.apply(item);
      branches.add(() -> {
        permits.acquireUninterruptibly();
        try {
          siblings.check();
          return along == null
              ? branch.run(siblings)
              : ScopedValue.where(ALONG, along).call(() -> branch.run(siblings));
        } catch (Exception | Error failure) {
          siblings.cancel("a parallel branch failed: " + failure.getMessage());
          throw failure;
        } finally {
          permits.release();
        }
      });
    }
    return joinAll(branches, cancellation);
  }

  /** Work that another thread does, with what goes along. */
  public static Runnable carried(Runnable work) {
    Object along = ALONG.isBound() ? ALONG.get() : null;
    return along == null ? work : () -> ScopedValue.where(ALONG, along).run(work);
  }

  private static <T> List<T> joinAll(List<Callable<T>> branches, Cancellation cancellation) {
    List<T> results = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    // close() of the executor joins every branch, also when this thread fails on the way
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = branches.stream().map(executor::submit).toList();
      for (Future<T> future : futures) {
        try {
          results.add(future.get());
        } catch (ExecutionException e) {
          failures.add(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          cancellation.cancel("interrupted");
          failures.add(new Cancellation.Cancelled("interrupted"));
        }
      }
    }
    if (failures.isEmpty()) {
      return results;
    }
    // the failure that cancelled the others says more than their "cancelled"
    Throwable first =
        failures.stream()
            .filter(f -> !(f instanceof Cancellation.Cancelled))
            .findFirst()
            .orElse(failures.getFirst());
    switch (first) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(first);
    }
  }
}
