package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells a command that failed because nothing can be written from one that failed by itself: both
 * look alike, and the first says nothing about a candidate.
 */
public final class FullDisk {

  private static final int BYTES = 64 * 1024; // more than a nearly full disk has to spare

  private FullDisk() {}

  /**
   * Writes a file and deletes it.
   *
   * @throws WinnowException INFRASTRUCTURE when that is impossible
   */
  public static void check(Path directory) {
    try {
      Path probe = Files.createTempFile(directory, "space-", "");
      try {
        Files.write(probe, new byte[BYTES]);
      } finally {
        Files.deleteIfExists(probe);
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "The disk is full, or nothing can be written for another reason, in %s (%s): free some space there."
              .formatted(directory, e.getMessage()),
          e);
    }
  }
}
