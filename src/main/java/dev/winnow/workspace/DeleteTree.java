package dev.winnow.workspace;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/**
 * Deletes a directory whatever somebody hostile put into it: any depth, any names, no permissions.
 * Links are removed, never followed. Every subdirectory is first moved up beside the top, so that
 * neither paths nor open files grow with the depth.
 */
final class DeleteTree {

  /** Behind the name of what is being deleted. */
  static final String HEAP = ".deleting-";

  private DeleteTree() {}

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(directory);
      return;
    }
    Path heap = directory.resolveSibling(directory.getFileName() + HEAP + UUID.randomUUID());
    Files.createDirectory(
        heap, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.move(directory, heap.resolve("0"), StandardCopyOption.ATOMIC_MOVE);
    emptyHeap(heap);
  }

  /** Also finishes what an earlier process left when it was killed. */
  static void emptyHeap(Path heap) throws IOException {
    Deque<Path> waiting = new ArrayDeque<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(heap)) {
      entries.forEach(waiting::add);
    }
    long next = System.nanoTime();
    while (!waiting.isEmpty()) {
      Path directory = waiting.removeLast();
      if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        allow(directory);
        next = empty(directory, heap, waiting, next);
      }
      Files.delete(directory);
    }
    Files.delete(heap);
  }

  private static long empty(Path directory, Path heap, Deque<Path> waiting, long next)
      throws IOException {
    try (DirectoryStream<Path> opened = Files.newDirectoryStream(directory)) {
      for (Path entry : opened) {
        Path name = entry.getFileName();
        if (!remove(opened, name, entry)) {
          Path target = heap.resolve(Long.toString(++next, 36));
          allow(entry);
          Files.move(entry, target, StandardCopyOption.ATOMIC_MOVE);
          waiting.add(target);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return next;
  }

  /** Whether the entry is gone; false for a directory that has something in it. */
  private static boolean remove(DirectoryStream<Path> opened, Path name, Path entry)
      throws IOException {
    try {
      if (opened instanceof SecureDirectoryStream<Path> secure) {
        // one call for a file; the kernel refuses to unlink directories
        secure.deleteFile(name);
      } else {
        Files.delete(entry);
      }
      return true;
    } catch (NoSuchFileException e) {
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    } catch (FileSystemException e) {
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      throw e;
    }
  }

  /** No process of the candidate is left, so the check cannot be raced. */
  private static void allow(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }
}
