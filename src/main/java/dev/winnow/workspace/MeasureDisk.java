package dev.winnow.workspace;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Watches the size of a workspace while a command runs in it. A walk costs a tenth of the time that
 * passes between walks at most, and commands that are over within a second are measured together:
 * walking 40,000 files after each {@code ls} would cost more than the command.
 */
final class MeasureDisk {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  // longer paths cannot be opened and each level holds a file descriptor of the walk: what cannot
  // be measured is over budget
  private static final int LONGEST_PATH = 4000;
  private static final int DEEPEST = 400;
  private static final Map<Path, Long> UNMEASURED = new ConcurrentHashMap<>();

  private final Path workspace;
  private final Limits limits;
  private long next = System.nanoTime() + SECOND;
  private long since = System.nanoTime();

  MeasureDisk(Path workspace, Limits limits) {
    this.workspace = workspace;
    this.limits = limits;
  }

  /** Whether the workspace is over budget, measured only when it is time for it. */
  boolean exceededNow() {
    return System.nanoTime() - next >= 0 && measure();
  }

  /** The same for the end of the command. */
  boolean exceededAtEnd() {
    long unmeasured = UNMEASURED.merge(workspace, System.nanoTime() - since, Long::sum);
    return unmeasured >= SECOND && measure();
  }

  private boolean measure() {
    long start = System.nanoTime();
    boolean exceeded = exceeds(workspace, limits.workspaceBytes(), limits.workspaceFiles());
    since = System.nanoTime();
    next = since + Math.max(SECOND, 10 * (since - start));
    UNMEASURED.remove(workspace);
    return exceeded;
  }

  /** Walks without following links and stops at the first entry that is too much. */
  static boolean exceeds(Path workspace, long maxBytes, int maxFiles) {
    var count =
        new SimpleFileVisitor<Path>() {
          long bytes;
          int files;
          boolean exceeded;

          private FileVisitResult add(Path path, BasicFileAttributes attributes) {
            bytes += attributes.isRegularFile() ? attributes.size() : 0;
            files++;
            exceeded =
                bytes > maxBytes
                    || files > maxFiles
                    || path.getNameCount() > DEEPEST
                    || path.toString().length() > LONGEST_PATH;
            return exceeded ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return add(dir, attributes);
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return add(file, attributes);
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // unreadable, or gone meanwhile
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path dir, @org.jspecify.annotations.Nullable IOException e) {
            return FileVisitResult.CONTINUE; // entries vanish while the command runs
          }
        };
    try {
      Files.walkFileTree(workspace, count);
    } catch (IOException e) {
      return false;
    }
    return count.exceeded;
  }
}
