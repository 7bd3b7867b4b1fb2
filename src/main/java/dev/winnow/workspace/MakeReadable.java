package dev.winnow.workspace;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;

/**
 * Gives back rights that a candidate took away: from Winnow, when it is not root, or from itself.
 */
final class MakeReadable {

  private static final Set<PosixFilePermission> ENTER =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private MakeReadable() {}

  /** A candidate that closes its own workspace must not look like a sandbox that is broken. */
  static void openAgain(Path workspace) {
    try {
      allow(workspace, ENTER);
    } catch (IOException e) {
      // then the command says that it cannot get in
    }
  }

  static void file(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      allow(file, EnumSet.of(PosixFilePermission.OWNER_READ));
    }
  }

  static void directories(Path root) {
    Deque<Path> waiting = new ArrayDeque<>(Set.of(root));
    while (!waiting.isEmpty()) {
      Path directory = waiting.removeLast();
      try {
        allow(directory, ENTER);
        try (DirectoryStream<Path> entries =
            Files.newDirectoryStream(
                directory, entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) {
          entries.forEach(waiting::add);
        }
      } catch (IOException e) {
        // what stays closed is left out of the snapshot
      }
    }
  }

  private static void allow(Path path, Set<PosixFilePermission> more) throws IOException {
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    if (permissions.addAll(more)) {
      Files.setPosixFilePermissions(path, permissions);
    }
  }
}
