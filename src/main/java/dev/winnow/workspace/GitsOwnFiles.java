package dev.winnow.workspace;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Files that git itself reads out of a tree, and that it refuses to receive when they are dangerous
 * or malformed: a candidate that has one would make its whole run fail when it is delivered.
 */
final class GitsOwnFiles {

  /** Longer lines in {@code .gitattributes} are an error for git. */
  private static final int LONGEST_LINE = 2048;

  static final int LARGEST = 1 << 20;

  /** How a file system with short names may call them. */
  private static final Pattern SHORT_NAME =
      Pattern.compile("(?:git(?:mod|att|ign)|gi[0-9a-f]{4})~\\d+");

  private GitsOwnFiles() {}

  /**
   * Whether the name is that of the list of submodules, which belong to the base like the
   * submodules, or one that some file system takes for a file of git's.
   *
   * @param path one char for each byte
   */
  static boolean isRefused(String path) {
    String last = path.substring(path.lastIndexOf('/') + 1);
    String name = new String(last.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    String plain = CheckedPath.plain(name);
    boolean ofGit =
        plain.equals(".gitmodules") || plain.equals(".gitattributes") || plain.equals(".gitignore");
    return plain.equals(".gitmodules")
        || (ofGit && !plain.equals(name))
        || SHORT_NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  static boolean isAttributes(String path) {
    return path.equals(".gitattributes") || path.endsWith("/.gitattributes");
  }

  /**
   * @param content the beginning of the file, or all of it
   */
  static boolean areAttributesRefused(byte[] content) {
    int line = 0;
    for (byte b : content) {
      line = b == '\n' ? 0 : line + 1;
      if (line >= LONGEST_LINE) {
        return true;
      }
    }
    return content.length > LARGEST;
  }
}
