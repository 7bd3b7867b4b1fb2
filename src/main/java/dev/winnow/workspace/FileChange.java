package dev.winnow.workspace;

/**
 * One path that differs between two trees; renames show as a deletion and an addition.
 *
 * @param oldMode git file mode, 000000 when added
 * @param newMode git file mode, 000000 when deleted
 * @param added lines, 0 for binary files
 */
public record FileChange(
    Kind kind,
    String path,
    String oldMode,
    String newMode,
    int added,
    int removed,
    boolean binary) {

  /** What happened to the path. */
  public enum Kind {
    ADDED,
    MODIFIED,
    DELETED,
    TYPE_CHANGED
  }
}
