package dev.winnow.workspace;

import dev.winnow.PassableDirectory;
import dev.winnow.WinnowException;
import dev.winnow.workspace.WorkspaceFiles.Entry;
import dev.winnow.workspace.WorkspaceFiles.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A home directory for a program that works in a workspace and keeps files from one start to the
 * next. It belongs to the workspace's user, so nothing in it is trusted; it goes away when it is
 * closed. Not for several threads.
 */
public final class ProgramHome implements AutoCloseable {

  private static final int DEEPEST = 6;
  private static final int MOST = 10_000;

  private final Path directory;
  private final Path home;
  private final WorkspaceFiles files;

  private ProgramHome(Path directory, Path home, WorkspaceFiles files) {
    this.directory = directory;
    this.home = home;
    this.files = files;
  }

  /**
   * Creates an empty home.
   *
   * @param directory a name that is free, beside the workspace
   */
  public static ProgramHome create(Path directory, Sandbox sandbox, Path workspace) {
    try {
      DeleteTree.delete(directory);
      PassableDirectory.create(directory);
      Path real = directory.toRealPath();
      Path home =
          Files.createDirectory(
              real.resolve("home"),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      var owner = sandbox.owner(workspace);
      if (owner.isPresent()) {
        Ownership.give(home, owner.getAsInt());
      }
      return new ProgramHome(
          real, home, new WorkspaceFiles(home, real.resolve("staging"), owner, List::of));
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "A directory for an agent program cannot be made: " + e.getMessage(), e);
    }
  }

  /** What the program gets as HOME: writable for it. */
  public Path path() {
    return home;
  }

  /** Beside the home, for Winnow only. */
  public Path directory() {
    return directory;
  }

  /** Writes a text file. No command may be running. */
  public void write(String path, String content) {
    try {
      files.write(path, content);
    } catch (Refused e) {
      throw WinnowException.infrastructure(
          "%s cannot be written for an agent program: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** A file's text; empty when it is not there, too large, or nothing that can be trusted. */
  public Optional<String> read(String path, int maxBytes) {
    try {
      return Optional.of(new String(files.bytes(path, maxBytes, ""), StandardCharsets.UTF_8));
    } catch (Refused e) {
      return Optional.empty();
    }
  }

  /** Paths of the files below a directory whose names end so; links are not followed. */
  public List<String> find(String below, String end) {
    List<String> found = new ArrayList<>();
    find(below, end, 0, found);
    return found;
  }

  private void find(String directoryPath, String end, int depth, List<String> found) {
    List<Entry> entries;
    try {
      entries = files.list(directoryPath).entries();
    } catch (Refused e) {
      return;
    }
    for (Entry entry : entries) {
      String path = directoryPath + "/" + entry.name();
      switch (entry.type()) {
        case FILE -> {
          if (entry.name().endsWith(end) && found.size() < MOST) {
            found.add(path);
          }
        }
        case DIRECTORY -> {
          if (depth < DEEPEST) {
            find(path, end, depth + 1, found);
          }
        }
        case SYMLINK, OTHER -> {}
      }
    }
  }

  @Override
  public void close() {
    try {
      DeleteTree.delete(directory);
    } catch (IOException e) {
      throw WinnowException.infrastructure("Cannot delete " + directory + ".", e);
    }
  }
}
