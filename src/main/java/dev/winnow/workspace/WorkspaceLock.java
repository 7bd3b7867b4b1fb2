package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that a living process uses a workspace: a locked file beside it. The kernel drops the lock
 * when the process ends, however it ends, so nobody needs to guess from process ids.
 */
final class WorkspaceLock implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkspaceLock.class);

  private static final String SUFFIX = ".lock";

  /** Closing any channel on a file drops all of this process's locks on it: never sweep our own. */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Path root;
  private final FileChannel channel;

  private WorkspaceLock(Path root, FileChannel channel) {
    this.root = root;
    this.channel = channel;
  }

  static WorkspaceLock take(Path root) throws IOException {
    Path file = file(root);
    if (!OURS.add(file)) {
      throw WinnowException.infrastructure("the workspace " + root + " is in use", null);
    }
    try {
      while (true) {
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
          channel.close();
          throw WinnowException.infrastructure("the workspace " + root + " is in use", null);
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          return new WorkspaceLock(root, channel);
        }
        // a sweep removed the file between opening and locking
        channel.close();
      }
    } catch (IOException | RuntimeException e) {
      OURS.remove(file);
      throw e;
    }
  }

  /**
   * A directory of Winnow on the workspace's file system, where files are made before they move in.
   */
  Path staging() {
    return staging(root);
  }

  @Override
  public void close() {
    try (channel) {
      DeleteTree.delete(staging());
      Files.deleteIfExists(file(root));
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot clean up after the workspace " + root, e);
    } finally {
      OURS.remove(file(root));
    }
  }

  /** As far as it goes: nothing that others left must keep anybody from working. */
  static int sweep(Path directory) {
    int deleted = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        if (OURS.add(file)) {
          try {
            deleted += sweepOne(file) ? 1 : 0;
          } catch (NoSuchFileException e) {
            LOG.debug("another sweep was quicker", e);
          } catch (IOException e) {
            // a process of whoever was killed may still be ending: the next sweep comes soon
            LOG.debug("{} is left for the next sweep", file, e);
          } finally {
            OURS.remove(file);
          }
        }
      }
      return deleted;
    } catch (IOException | DirectoryIteratorException e) {
      throw WinnowException.infrastructure("cannot clean up in " + directory, e);
    }
  }

  private static boolean sweepOne(Path file) throws IOException {
    String name = file.getFileName().toString();
    Path root = file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return false;
      }
      DeleteTree.delete(root);
      DeleteTree.delete(staging(root));
      try (DirectoryStream<Path> heaps =
          Files.newDirectoryStream(file.getParent(), root.getFileName() + DeleteTree.HEAP + "*")) {
        for (Path heap : heaps) {
          DeleteTree.emptyHeap(heap);
        }
      }
      Files.deleteIfExists(file);
      return true;
    }
  }

  private static Path file(Path root) {
    return root.resolveSibling(root.getFileName() + SUFFIX);
  }

  private static Path staging(Path root) {
    return root.resolveSibling(root.getFileName() + ".staging");
  }
}
