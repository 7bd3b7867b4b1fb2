package dev.winnow.spec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes a file so that nobody ever sees a half of it, also after a crash. */
public final class WriteFile {

  private WriteFile() {}

  public static void atomically(Path file, String text) throws IOException {
    atomically(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Permissions and owner of a file that is there already stay. */
  static void atomically(Path file, byte[] content) throws IOException {
    boolean _ = put(file, null, content);
  }

  /**
   * Puts new content in the place of old, unless the file has changed.
   *
   * @return false when it has, and nothing was written
   */
  public static boolean instead(Path file, byte[] before, byte[] after) throws IOException {
    return put(file, before, after);
  }

  private static boolean put(Path file, byte @Nullable [] before, byte[] content)
      throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Path temporary = Files.createTempFile(directory, ".winnow-", ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      likeBefore(file, directory, temporary);
      synchronized (WriteFile.class) { // two of this process see each other's work
        if (before != null && !Arrays.equals(before, Files.readAllBytes(file))) {
          return false;
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        return true;
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void likeBefore(Path file, Path directory, Path temporary) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    boolean exists = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    // a temporary file is for its owner alone; a new file is readable like its directory
    view.setPermissions(
        exists
            ? Files.getPosixFilePermissions(file)
            : java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    var owner = Files.getOwner(exists ? file : directory);
    if (!owner.equals(view.getOwner())) {
      view.setOwner(owner); // as root in somebody's checkout
    }
  }
}
