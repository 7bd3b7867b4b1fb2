package dev.winnow.workspace;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Winnow's own bare copy of a repository, with Winnow's own configuration. */
public final class Mirror {

  /** Opens the mirror of the repository that holds this path, creating it when it is new. */
  public static Mirror open(Path dataDirectory, Path repository) {
    throw new UnsupportedOperationException();
  }

  /** Root of the user's checkout, or the bare repository itself. */
  public Path repository() {
    throw new UnsupportedOperationException();
  }

  /** Resolves a revision in the user's repository and brings the commit here; a commit id. */
  public String pin(String revision) {
    throw new UnsupportedOperationException();
  }

  /** Paths with uncommitted changes in the user's checkout (untracked ones too), at most 1,000. */
  public List<String> uncommitted() {
    throw new UnsupportedOperationException();
  }

  /** A commit on top of {@code base} that holds the user's uncommitted work as well. */
  public String pinUncommitted(String base) {
    throw new UnsupportedOperationException();
  }

  public String treeOf(String commit) {
    throw new UnsupportedOperationException();
  }

  /** Writes the tree into a new directory, owned by the given user id, ready for a candidate. */
  public Workspace checkout(String tree, Path directory, Sandbox sandbox, List<String> ignore) {
    throw new UnsupportedOperationException();
  }

  /** All files of a tree: path to blob id. */
  public Map<String, String> files(String tree) {
    throw new UnsupportedOperationException();
  }

  /** A file's content, empty when the tree has no such file or it is larger than the limit. */
  public Optional<byte[]> read(String tree, String path, int maxBytes) {
    throw new UnsupportedOperationException();
  }

  /** A tree made of {@code base} without {@code removed}, with {@code taken} copied from a tree. */
  public String compose(String base, Set<String> removed, String from, Set<String> taken) {
    throw new UnsupportedOperationException();
  }

  public List<FileChange> changes(String oldTree, String newTree) {
    throw new UnsupportedOperationException();
  }

  /** Unified diff as git prints it, restricted to the paths unless there are none. */
  public String diff(String oldTree, String newTree, List<String> paths, int maxBytes) {
    throw new UnsupportedOperationException();
  }

  public String commit(String tree, String parent, String message) {
    throw new UnsupportedOperationException();
  }

  /** Keeps a commit reachable in the mirror under {@code refs/winnow/<name>}. */
  public void keep(String name, String commit) {
    throw new UnsupportedOperationException();
  }

  /** Creates the branch in the user's repository; a number is added when the name is taken. */
  public String deliver(String branch, String commit) {
    throw new UnsupportedOperationException();
  }
}
