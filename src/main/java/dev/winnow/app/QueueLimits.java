package dev.winnow.app;

import java.util.Map;
import java.util.Optional;

/**
 * How many runs are at work at the same time.
 *
 * @param runs on one node
 * @param allRuns on all nodes of the database together; empty for no limit
 * @param perProvider of those that use a provider, on all nodes together
 */
record QueueLimits(int runs, Optional<Integer> allRuns, Map<String, Integer> perProvider) {

  private static final long MEMORY_PER_RUN = 512L << 20; // bytes
  private static final int RUNS_PER_CORE = 4;

  QueueLimits {
    perProvider = Map.copyOf(perProvider);
  }

  /** Runs mostly wait for models; what they do on the machine is limited by {@code parallelism}. */
  static QueueLimits usual() {
    // the JVM takes a quarter of the memory that it finds, also in a container
    long memory = Runtime.getRuntime().maxMemory() * 4;
    int byMemory = (int) Math.min(1_000, memory / MEMORY_PER_RUN);
    int byCores = RUNS_PER_CORE * Runtime.getRuntime().availableProcessors();
    return new QueueLimits(Math.max(1, Math.min(byCores, byMemory)), Optional.empty(), Map.of());
  }
}
