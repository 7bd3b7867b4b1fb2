package dev.winnow.workspace;

import dev.winnow.workspace.WorkspaceFiles.Refused;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A relative path that a model wrote, checked name by name before any system call. */
record CheckedPath(List<String> names) {

  private static final int MAX_NAME_BYTES = 255;
  private static final int MAX_LENGTH = 4096;

  /** Code points that HFS+ ignores in names: with them, something else than .git is .git. */
  private static final Pattern IGNORABLE =
      Pattern.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]");

  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  CheckedPath {
    names = List.copyOf(names);
  }

  /** The root is "" or ".". */
  static CheckedPath of(String path) throws Refused {
    if (path.length() > MAX_LENGTH) {
      throw new Refused("the path is longer than " + MAX_LENGTH + " characters");
    }
    if (path.chars().anyMatch(c -> c < ' ' || (c >= 127 && c < 160))) {
      throw new Refused("the path has control characters");
    }
    if (path.startsWith("/")) {
      throw new Refused("the path is absolute; write it relative to the workspace");
    }
    if (path.indexOf('\\') >= 0) {
      throw new Refused("the path has a backslash; separate names with /");
    }
    List<String> names = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      if (!name.isEmpty() && !name.equals(".")) {
        check(name);
        names.add(name);
      }
    }
    return new CheckedPath(names);
  }

  private static void check(String name) throws Refused {
    if (name.equals("..")) {
      throw new Refused("the path leaves its directory with ..");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new Refused("the path has a name longer than " + MAX_NAME_BYTES + " bytes");
    }
    if (isGit(name)) {
      throw new Refused(".git is not part of the workspace");
    }
    if (WINDOWS && name.indexOf(':') >= 0) {
      throw new Refused("the path has a colon");
    }
    try {
      var _ = Path.of(name);
    } catch (InvalidPathException e) {
      throw new Refused("this machine cannot name the file; Java needs a UTF-8 locale");
    }
  }

  /** Whether some file system would take this name for .git. */
  static boolean isGit(String name) {
    String plain = plain(name);
    return plain.equals(".git") || plain.equals("git~1") || plain.startsWith(".git:");
  }

  /** As those file systems see it that tell the fewest names apart. */
  static String plain(String name) {
    return IGNORABLE
        .matcher(name)
        .replaceAll("")
        .toLowerCase(Locale.ROOT)
        .replaceFirst("::?\\$.*$", "")
        .replaceFirst("[. ]+$", "");
  }

  boolean isRoot() {
    return names.isEmpty();
  }

  List<String> parents() {
    return names.subList(0, names.size() - 1);
  }

  String last() {
    return names.getLast();
  }

  @Override
  public String toString() {
    return isRoot() ? "." : String.join("/", names);
  }
}
