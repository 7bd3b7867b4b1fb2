package dev.winnow.evidence.runner;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The files of a workspace where a runner's reports appear. Links are never followed, neither to
 * empty the place nor to read it: everything here was written by a candidate.
 */
final class ReportFiles {

  /** More report files than this are not believed. */
  private static final int MAX_FILES = 20_000;

  static final int MAX_BYTES = 20 << 20;

  private static final Set<String> SKIPPED = Set.of(".git", "node_modules");

  /** A report that is no regular file of a believable size. */
  static final class Unbelievable extends Exception {
    Unbelievable(String message) {
      super(message);
    }
  }

  private ReportFiles() {}

  /** Deletes all that lies where reports will appear. */
  static void empty(Path workspace, List<String> globs) throws IOException {
    List<Path> planted = matching(workspace, globs);
    while (!planted.isEmpty()) {
      for (Path file : planted) {
        Files.delete(file);
      }
      // one look finds only so many; there may be more
      planted = planted.size() > MAX_FILES ? matching(workspace, globs) : List.of();
    }
  }

  /** Paths that match, links and special files among them, sorted. */
  static List<Path> matching(Path workspace, List<String> globs) throws IOException {
    List<Path> found = new ArrayList<>();
    if (globs.isEmpty()) {
      return found;
    }
    // comparing every file of a large tree with patterns costs more than walking it
    List<String> ends = globs.stream().map(g -> g.replaceFirst("^.*[*?{}\\[\\]\\\\]", "")).toList();
    List<PathMatcher> matchers =
        globs.stream().map(g -> FileSystems.getDefault().getPathMatcher("glob:" + g)).toList();
    Files.walkFileTree(
        workspace,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            Path name = directory.getFileName();
            boolean skip = name != null && SKIPPED.contains(name.toString());
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.toString();
            if (ends.stream().anyMatch(name::endsWith)) {
              Path relative = workspace.relativize(file);
              if (matchers.stream().anyMatch(m -> m.matches(relative))) {
                found.add(file);
              }
            }
            return found.size() > MAX_FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, java.io.@org.jspecify.annotations.Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(null);
    return found;
  }

  /**
   * Content of a report.
   *
   * @param limit in bytes
   * @throws Unbelievable for a link, a special file or more than the limit
   */
  static byte[] read(Path file, int limit) throws IOException, Unbelievable {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new Unbelievable("the report " + file.getFileName() + " is not a regular file");
    }
    if (attributes.size() > limit) {
      throw new Unbelievable(
          "the report " + file.getFileName() + " is larger than " + limit + " bytes");
    }
    Object links = Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    if (links instanceof Integer count && count > 1) {
      throw new Unbelievable("the report " + file.getFileName() + " is a hard link");
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new Unbelievable("the report " + file.getFileName() + " grew while it was read");
      }
      return bytes;
    }
  }
}
