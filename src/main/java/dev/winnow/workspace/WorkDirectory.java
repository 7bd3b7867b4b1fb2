package dev.winnow.workspace;

import dev.winnow.PassableDirectory;
import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the workspaces of one run live. It goes away with the run; what a killed process left
 * behind is deleted by the next one.
 */
public final class WorkDirectory implements AutoCloseable {

  private final Path path;
  private final WorkspaceLock lock;

  private WorkDirectory(Path path, WorkspaceLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Deletes a directory that commands of a sandbox could write, whatever is in it. */
  public static void delete(Path directory) throws IOException {
    DeleteTree.delete(directory);
  }

  /**
   * Deletes what killed processes left of workspaces.
   *
   * @return how many there were
   */
  public static int sweep(Path dataDirectory) {
    Path parent = dataDirectory.resolve("work");
    return Files.isDirectory(parent) ? Workspace.sweep(parent) : 0;
  }

  /** Creates the directory of a run, and deletes those of runs whose process is gone. */
  public static WorkDirectory create(Path dataDirectory, String run) {
    try {
      Path parent = PassableDirectory.createAll(dataDirectory.resolve("work")).toRealPath();
      Workspace.sweep(parent);
      Path path = parent.resolve(run);
      WorkspaceLock lock = WorkspaceLock.take(path);
      try {
        PassableDirectory.create(path);
      } catch (IOException e) {
        lock.close();
        throw e;
      }
      return new WorkDirectory(path, lock);
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "The data directory %s cannot be written: %s.".formatted(dataDirectory, e.getMessage()),
          e);
    }
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      DeleteTree.delete(path);
    } catch (IOException e) {
      throw WinnowException.infrastructure("Cannot delete " + path + ".", e);
    } finally {
      lock.close();
    }
  }
}
