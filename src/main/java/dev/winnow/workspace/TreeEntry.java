package dev.winnow.workspace;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** One entry of a git tree; modes as git writes them, such as 100644. */
record TreeEntry(String mode, String id, String path) {

  static final String SYMLINK = "120000";
  static final String SUBMODULE = "160000";

  boolean isBlob() {
    return !mode.equals(SUBMODULE);
  }

  /** All entries below a tree by path. */
  static Map<String, TreeEntry> of(Git git, String tree) {
    Map<String, TreeEntry> entries = new LinkedHashMap<>();
    String listing =
        new String(
            git.require(new byte[0], "ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree)
                .output(),
            StandardCharsets.UTF_8);
    for (String line : listing.split("\0", -1)) {
      int tab = line.indexOf('\t');
      if (tab > 0) {
        String[] head = line.substring(0, tab).split(" ", 3);
        String path = line.substring(tab + 1);
        entries.put(path, new TreeEntry(head[0], head[2], path));
      }
    }
    return entries;
  }
}
