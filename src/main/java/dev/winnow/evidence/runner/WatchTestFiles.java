package dev.winnow.evidence.runner;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Notices sources of tests that something rewrites while tests are built and run: a build script,
 * or code under test before the next file is loaded. The kernel's time of the last change of a file
 * cannot be set back, so putting the old text back does not help.
 */
final class WatchTestFiles {

  private static final Pattern SOURCE =
      Pattern.compile(".*\\.(?:java|kt|groovy|scala|py|[cm]?[jt]sx?|go|rs)");

  /** Outputs, and sources that are data of tests, which may well write them. */
  private static final Set<String> SKIPPED =
      Set.of(".git", "node_modules", "target", "build", "fixtures", "testdata", "__snapshots__");

  /** A tree with more test sources is not watched as a whole. */
  private static final int MOST = 20_000;

  private final Path workspace;
  private final Map<Path, Object> changed;

  private WatchTestFiles(Path workspace, Map<Path, Object> changed) {
    this.workspace = workspace;
    this.changed = changed;
  }

  static WatchTestFiles before(Path workspace, TestRunner runner) throws IOException {
    Map<Path, Object> changed = new HashMap<>();
    Files.walkFileTree(
        workspace,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            boolean skip = SKIPPED.contains(String.valueOf(directory.getFileName()));
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() && SOURCE.matcher(file.toString()).matches()) {
              String path = workspace.relativize(file).toString();
              if (runner.isTestFile(path)) {
                changed.put(file, time(file));
              }
            }
            return changed.size() > MOST ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return new WatchTestFiles(workspace, changed);
  }

  private static Object time(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
  }

  /** The first file, in the order of their paths, that is not the one of before. */
  Optional<String> rewritten() {
    List<Path> files = changed.keySet().stream().sorted().toList();
    for (Path file : files) {
      try {
        if (time(file).equals(changed.get(file))) {
          continue;
        }
      } catch (IOException e) {
        // gone, or out of reach: not what was there either
      }
      return Optional.of(workspace.relativize(file).toString());
    }
    return Optional.empty();
  }
}
