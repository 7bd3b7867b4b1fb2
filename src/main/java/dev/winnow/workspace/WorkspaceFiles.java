package dev.winnow.workspace;

import java.util.List;

/** Reads and writes files of a workspace without ever leaving it. */
public final class WorkspaceFiles {

  WorkspaceFiles(
      java.nio.file.Path root,
      java.nio.file.Path staging,
      java.util.OptionalInt owner,
      java.util.function.Supplier<List<String>> listed) {}

  /** Thrown for a path or file that is refused; the message is for the model. */
  public static final class Refused extends Exception {
    public Refused(String message) {
      super(message);
    }
  }

  /** One entry of a directory. */
  public record Entry(String name, Type type, long size) {}

  /** What an entry is. */
  public enum Type {
    FILE,
    DIRECTORY,
    SYMLINK,
    OTHER
  }

  /** A directory's entries, sorted; at most 2,000. */
  public record Listing(List<Entry> entries, boolean truncated) {}

  /** A text file's content. Binary, special, linked and too large files are refused. */
  public String read(String path) throws Refused {
    throw new UnsupportedOperationException(path);
  }

  /** Replaces or creates a file and its parent directories; the mode of an existing one stays. */
  public void write(String path, String content) throws Refused {
    throw new UnsupportedOperationException(path);
  }

  public Listing list(String path) throws Refused {
    throw new UnsupportedOperationException(path);
  }
}
