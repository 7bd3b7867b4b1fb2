package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  /** All differences between two trees, sorted by path. */
  static List<FileChange> between(Git git, String oldTree, String newTree) {
    byte[] output =
        git.require(
                new byte[0],
                "diff-tree",
                "-r",
                "-z",
                "--raw",
                "--numstat",
                "--no-renames",
                "--no-ext-diff",
                "--no-textconv",
                "--ignore-submodules=none",
                "--end-of-options",
                oldTree,
                newTree)
            .output();
    return parse(new String(output, StandardCharsets.UTF_8));
  }

  /**
   * Raw lines ({@code :modes ids kind NUL path NUL}) first, then {@code added TAB removed TAB path
   * NUL}.
   */
  private static List<FileChange> parse(String output) {
    Map<String, FileChange> changes = new LinkedHashMap<>();
    String[] fields = output.split("\0", -1);
    int i = 0;
    for (; i + 1 < fields.length && fields[i].startsWith(":"); i += 2) {
      String[] raw = fields[i].substring(1).split(" ", -1);
      String path = fields[i + 1];
      changes.put(path, new FileChange(kind(raw[4]), path, raw[0], raw[1], 0, 0, false));
    }
    for (; i < fields.length; i++) {
      String[] counts = fields[i].split("\t", 3);
      FileChange change = counts.length == 3 ? changes.get(counts[2]) : null;
      if (change != null) {
        changes.put(counts[2], change.counted(counts[0], counts[1]));
      }
    }
    return new ArrayList<>(changes.values());
  }

  private FileChange counted(String plus, String minus) {
    return plus.equals("-")
        ? new FileChange(kind, path, oldMode, newMode, 0, 0, true)
        : new FileChange(
            kind, path, oldMode, newMode, Integer.parseInt(plus), Integer.parseInt(minus), false);
  }

  private static Kind kind(String letter) {
    return switch (letter.charAt(0)) {
      case 'A' -> Kind.ADDED;
      case 'D' -> Kind.DELETED;
      case 'M' -> Kind.MODIFIED;
      case 'T' -> Kind.TYPE_CHANGED;
      default ->
          throw new WinnowException(
              WinnowException.Category.INFRASTRUCTURE, "git reports an unknown change: " + letter);
    };
  }
}
