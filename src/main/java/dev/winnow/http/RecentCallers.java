package dev.winnow.http;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whom credentials belong to, for a few seconds, so that not every request of a client asks the
 * database. The database tells when one has ended ({@link #forget}); a server that is cut off from
 * that finds out when the time is over.
 */
final class RecentCallers {

  /** The longest that a revoked credential can count, when the notification is lost. */
  static final long NANOS = 5_000_000_000L;

  private static final int MOST = 10_000;

  private record Known(Principal principal, long since) {}

  private final LongSupplier nanoTime;
  private final Map<ByteBuffer, Known> known = new ConcurrentHashMap<>();
  private final AtomicLong forgotten = new AtomicLong();

  RecentCallers(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * @param hash of what was sent; strangers are not remembered
   * @param ask the database
   */
  Optional<Principal> who(byte[] hash, Supplier<Optional<Principal>> ask) {
    ByteBuffer key = ByteBuffer.wrap(hash);
    Known found = known.get(key);
    long now = nanoTime.getAsLong();
    if (found != null && now - found.since() < NANOS) {
      return Optional.of(found.principal());
    }
    long before = forgotten.get();
    Optional<Principal> answer = ask.get();
    answer.ifPresent(principal -> keep(key, new Known(principal, now)));
    if (forgotten.get() != before) {
      known.remove(key); // the answer may be older than what was to be forgotten
    }
    return answer;
  }

  private void keep(ByteBuffer key, Known caller) {
    if (known.size() >= MOST) {
      known.clear();
    }
    known.put(key, caller);
  }

  void forget() {
    forgotten.incrementAndGet();
    known.clear();
  }
}
