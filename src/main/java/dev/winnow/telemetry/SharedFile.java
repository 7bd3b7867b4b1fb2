package dev.winnow.telemetry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A file that several processes append to, and that is rotated: {@code spans.jsonl}, {@code
 * spans.jsonl.1}, ... A lock on a file beside it makes both safe; whoever cannot get it in a
 * second, because its holder is frozen, drops what it has instead of waiting.
 */
final class SharedFile {

  /** Of one file; a line is never torn, so it may get a little larger. */
  static final long LARGEST = 64L << 20;

  private static final int OLD_ONES = 4;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private final Path lock;
  private final long largest;

  SharedFile(Path path) {
    this(path, LARGEST);
  }

  SharedFile(Path path, long largest) {
    this.path = path;
    this.lock = path.resolveSibling(path.getFileName() + ".lock");
    this.largest = largest;
  }

  /** Appends all of it at once; false when somebody else holds the file for too long. */
  boolean append(byte[] bytes) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try (FileChannel guard = open(lock);
        FileLock held = acquire(guard)) {
      if (held == null) {
        return false;
      }
      if (Files.exists(path) && Files.size(path) > 0 && Files.size(path) + bytes.length > largest) {
        rotate();
      }
      try (FileChannel channel = open(path)) {
        long before = channel.size();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
          while (buffer.hasRemaining()) {
            int _ = channel.write(buffer);
          }
        } catch (IOException e) {
          channel.truncate(before); // a full disk must not leave half of a line
          throw e;
        }
      }
      return true;
    }
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), OWNER_ONLY);
  }

  private static @Nullable FileLock acquire(FileChannel guard) throws IOException {
    long start = System.nanoTime();
    do {
      try {
        FileLock held = guard.tryLock();
        if (held != null) {
          return held;
        }
      } catch (OverlappingFileLockException e) {
        // another collector of this process
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    } while (System.nanoTime() - start < PATIENCE);
    return null;
  }

  private void rotate() throws IOException {
    for (int n = OLD_ONES - 1; n >= 1; n--) {
      if (Files.exists(old(n))) {
        Files.move(old(n), old(n + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(path, old(1), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path old(int n) {
    return path.resolveSibling(path.getFileName() + "." + n);
  }
}
