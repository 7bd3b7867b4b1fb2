package dev.winnow.checkpoint;

import java.util.concurrent.Callable;

/** The journal of one run: runs a step once. */
public interface CheckpointManager {

  /**
   * Returns the recorded result of the step, or does the work and records it.
   *
   * @param key a stable name such as {@code c1/green/turn-7/call}; unique in the run
   * @param input all that the result depends on; hashed as JSON, and a recorded key with another
   *     input is an error that names both
   * @param type the result is stored as JSON of this type
   */
  <T> T step(String key, Object input, Class<T> type, Callable<T> work);
}
