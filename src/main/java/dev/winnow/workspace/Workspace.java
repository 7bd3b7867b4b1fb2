package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A directory with the files of one candidate or one test run; nothing in it is trusted. Index and
 * lock are outside of it. Not for several threads, except {@link #files()}.
 */
public final class Workspace implements AutoCloseable {

  /** The candidate wrote more than a change may be; the message says what. */
  public static final class TooLarge extends RuntimeException {
    TooLarge(String message) {
      super(message);
    }
  }

  private static final TakeSnapshot.Policy CANDIDATE =
      new TakeSnapshot.Policy(50_000, 512L << 20, false, List.of());

  private final Path root;
  private final String tree;
  private final Git git;
  private final Path index;
  private final Path excludes;
  private final WorkspaceLock lock;
  private final WorkspaceFiles files;
  private List<String> refused = List.of();
  private @Nullable String held; // the tree that the index has; null when that is not certain

  private Workspace(
      MirrorDirectory mirror, String tree, Path root, WorkspaceLock lock, OptionalInt owner) {
    this.root = root;
    this.tree = tree;
    this.index = mirror.privateFile("index");
    this.excludes = mirror.privateFile("excludes");
    this.git = mirror.git().withWorkTree(root).withIndex(index);
    this.lock = lock;
    this.files = new WorkspaceFiles(root, lock.staging(), owner, this::listed);
  }

  /**
   * @param tree what links and limits of a snapshot are compared with
   * @param start the files at the beginning
   */
  static Workspace create(
      MirrorDirectory mirror,
      String tree,
      String start,
      Path directory,
      Sandbox sandbox,
      List<String> ignore) {
    WorkspaceLock lock = null;
    try {
      Path parent = directory.toAbsolutePath().getParent();
      Path root =
          (parent == null ? directory : parent.toRealPath()).resolve(directory.getFileName());
      lock = WorkspaceLock.take(root);
      OptionalInt owner = sandbox.owner(root);
      Files.createDirectory(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Workspace workspace = new Workspace(mirror, tree, root, lock, owner);
      workspace.fill(start, owner, ignore);
      return workspace;
    } catch (FileAlreadyExistsException e) {
      release(lock);
      throw WinnowException.infrastructure("the workspace " + directory + " exists already", e);
    } catch (IOException e) {
      release(lock);
      throw WinnowException.infrastructure("cannot create the workspace " + directory, e);
    }
  }

  private static void release(@Nullable WorkspaceLock lock) {
    if (lock != null) {
      lock.close();
    }
  }

  private void fill(String start, OptionalInt owner, List<String> ignore) throws IOException {
    try {
      Files.write(excludes, ignore);
      List<String> prefix = List.of();
      if (owner.isPresent()) {
        Ownership.give(root, owner.getAsInt());
        prefix = Ownership.creatingFilesFor(owner.getAsInt());
      }
      git.as(prefix).text("read-tree", "-m", "-u", "--end-of-options", start);
      if (owner.isPresent() && prefix.isEmpty()) {
        giveAll(owner.getAsInt());
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void giveAll(int uid) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Ownership.give(dir, uid);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Ownership.give(file, uid);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  public Path root() {
    return root;
  }

  /**
   * The files as a git tree in the mirror; build outputs and ignored files are left out. No command
   * may be running in the workspace.
   *
   * @throws TooLarge when the candidate wrote too much
   */
  public String snapshot() {
    String before = held;
    held = null; // what fails in the middle may have changed the index
    TakeSnapshot.Snapshot snapshot =
        new TakeSnapshot(git, root, excludes, tree, CANDIDATE).take(before);
    refused = snapshot.refused();
    held = snapshot.tree();
    return held;
  }

  /**
   * What the last snapshot left out because of what it is: links and repositories that the base
   * does not have, unreadable and special files. Sorted.
   */
  public List<String> refused() {
    return refused;
  }

  /** Guarded access to the files. */
  public WorkspaceFiles files() {
    return files;
  }

  /** Tracked and untracked files without ignored ones. */
  private List<String> listed() {
    return git.run(
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--deduplicate",
            "--exclude-per-directory=.gitignore",
            "--exclude-from=" + excludes)
        .text()
        .transform(names -> List.of(names.split("\0", -1)));
  }

  /** Deletes the directory, whatever is in it. */
  @Override
  public void close() {
    try {
      DeleteTree.delete(root);
      Files.deleteIfExists(index);
      Files.deleteIfExists(excludes);
    } catch (IOException e) {
      throw WinnowException.infrastructure("cannot delete the workspace " + root, e);
    } finally {
      lock.close();
    }
  }

  /**
   * Deletes the workspaces in a directory whose process has ended without closing them.
   *
   * @return how many were deleted
   */
  public static int sweep(Path directory) {
    return WorkspaceLock.sweep(directory);
  }
}
