package dev.winnow.run;

import java.time.Duration;

/**
 * How long things are kept that only old runs need.
 *
 * @param events of runs that are over
 * @param journals conversations, checkpoints and snapshots of runs that are over
 * @param caches of dependencies that no test run has used
 * @param journalBytes of all runs together; the oldest are taken away first
 * @param mirrorBytes of all candidates and snapshots in the mirrors of this data directory; the
 *     oldest runs are taken away first
 * @param cacheBytes of all caches together; those that were not used for longest go first
 */
public record Retention(
    Duration events,
    Duration journals,
    Duration caches,
    long journalBytes,
    long mirrorBytes,
    long cacheBytes) {

  public static final Retention USUAL =
      new Retention(
          Duration.ofDays(365),
          Duration.ofDays(90),
          Duration.ofDays(30),
          20L << 30,
          20L << 30,
          20L << 30);
}
