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

/** Gives Winnow, when it is not root, back the right to read what a candidate took it from. */
final class MakeReadable {

  private MakeReadable() {}

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
        allow(
            directory,
            EnumSet.of(
                PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE,
                PosixFilePermission.OWNER_EXECUTE));
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
