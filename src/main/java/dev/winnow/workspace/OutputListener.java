package dev.winnow.workspace;

/**
 * Gets all of a command's output as it comes, on one thread. It must not block, and must not throw.
 */
public interface OutputListener {

  OutputListener NONE = (_, _) -> {};

  /** The array is used again after the call. */
  void output(byte[] bytes, int length);
}
