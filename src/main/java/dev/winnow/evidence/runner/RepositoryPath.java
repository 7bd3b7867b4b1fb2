package dev.winnow.evidence.runner;

import java.util.Locale;
import java.util.Set;

/** Questions about a path of the repository that several runners ask. */
final class RepositoryPath {

  private static final Set<String> TEST_DIRECTORIES =
      Set.of("test", "tests", "__tests__", "testdata", "fixtures", "__snapshots__", "spec");

  private RepositoryPath() {}

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Without the trailing slash; empty for the root. */
  static String directory(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** As an argument of a program, which must not take a file's name for an option. */
  static String argument(String path) {
    return path.startsWith("-") ? "./" + path : path;
  }

  static boolean below(String path, String directory) {
    return path.startsWith(directory + "/") || path.contains("/" + directory + "/");
  }

  static boolean inTestDirectory(String path) {
    String directory = directory(path).toLowerCase(Locale.ROOT);
    for (String part : directory.split("/", -1)) {
      if (TEST_DIRECTORIES.contains(part)) {
        return true;
      }
    }
    return false;
  }
}
