package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The user id that the commands of a workspace have when Winnow is root: one of a thousand, so that
 * process limits and file modes separate workspaces from each other and from Winnow.
 */
final class Slot {

  private static final int FIRST = 61_000;
  private static final int COUNT = 1_000;

  private static final boolean ROOT = ownUid() == 0;

  private Slot() {}

  static OptionalInt of(Path workspace) {
    return ROOT
        ? OptionalInt.of(FIRST + Math.floorMod(workspace.toString().hashCode(), COUNT))
        : OptionalInt.empty();
  }

  private static int ownUid() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return -1; // not Linux
    }
  }

  /**
   * The first part of the path that this user cannot pass or read, empty when all is well. Only
   * permission bits are looked at, no access lists.
   */
  static Optional<Path> obstacle(int uid, Path path) {
    try {
      Path real = path.toRealPath();
      for (Path part = real; part != null; part = part.getParent()) {
        boolean directory = Files.isDirectory(part);
        int needed = part.equals(real) ? (directory ? 5 : 4) : 1;
        if (!may(uid, part, needed)) {
          return Optional.of(part);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "no such file for the sandbox: " + path, e);
    }
  }

  private static boolean may(int uid, Path part, int needed) throws IOException {
    int mode = (Integer) Files.getAttribute(part, "unix:mode");
    boolean owner = (Integer) Files.getAttribute(part, "unix:uid") == uid;
    return ((owner ? mode >> 6 : mode) & needed) == needed;
  }
}
