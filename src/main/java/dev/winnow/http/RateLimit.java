package dev.winnow.http;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** So many a minute for each name, with as many at once at most. */
final class RateLimit {

  /** Names of attackers must not fill the memory; who was away longest is forgotten. */
  private static final int MOST_NAMES = 10_000;

  private static final double MINUTE = 60e9; // nanoseconds

  private final int perMinute;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_NAMES;
        }
      };

  private static final class Bucket {
    private double left;
    private long at;

    private Bucket(double left, long at) {
      this.left = left;
      this.at = at;
    }
  }

  RateLimit(int perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
  }

  /**
   * @throws Problem 429 when it is one too many
   */
  synchronized void take(String name) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.computeIfAbsent(name, _ -> new Bucket(perMinute, now));
    bucket.left = Math.min(perMinute, bucket.left + (now - bucket.at) * perMinute / MINUTE);
    bucket.at = now;
    if (bucket.left < 1) {
      long wait = (long) Math.ceil((1 - bucket.left) * 60 / perMinute);
      throw Problem.of(429, "too-many", "Too many requests: wait %d s.".formatted(wait))
          .with("Retry-After", String.valueOf(wait));
    }
    bucket.left -= 1;
  }

  /** How many of each name are there at the same time. */
  static final class Places {
    private final int most;
    private final Map<String, Integer> taken = new HashMap<>();

    Places(int most) {
      this.most = most;
    }

    synchronized boolean enter(String name) {
      int now = taken.getOrDefault(name, 0);
      if (now >= most) {
        return false;
      }
      taken.put(name, now + 1);
      return true;
    }

    synchronized void leave(String name) {
      taken.merge(name, -1, (a, b) -> a + b == 0 ? null : a + b);
    }
  }
}
