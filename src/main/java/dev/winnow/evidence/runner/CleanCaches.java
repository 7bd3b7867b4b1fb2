package dev.winnow.evidence.runner;

import dev.winnow.WinnowException;
import dev.winnow.workspace.MeasureFiles;
import dev.winnow.workspace.WorkDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Deletes dependency caches that no test run has used for long, and reports of killed runs. */
public final class CleanCaches {

  private static final Duration REPORTS = Duration.ofDays(1);

  private CleanCaches() {}

  /**
   * @param unused how long
   * @param most bytes of all caches together; beyond that the ones go that were not used for
   *     longest, and none that is in use
   * @param dryRun only says what would be deleted
   * @return the directories
   */
  public static List<Path> clean(Path dataDirectory, Duration unused, long most, boolean dryRun) {
    List<Path> deleted = new ArrayList<>();
    try {
      Path caches = dataDirectory.toAbsolutePath().resolve("cache");
      caches(caches, unused, dryRun, deleted);
      beyond(caches, most, dryRun, deleted);
      reports(dataDirectory.toAbsolutePath().resolve("reports"), dryRun, deleted);
      return deleted;
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "The caches in %s cannot be cleaned: %s.".formatted(dataDirectory, e.getMessage()), e);
    }
  }

  private static void caches(Path caches, Duration unused, boolean dryRun, List<Path> deleted)
      throws IOException {
    if (!Files.isDirectory(caches)) {
      return;
    }
    Instant before = Instant.now().minus(unused);
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(caches, "*.lock")) {
      for (Path lock : locks) {
        String name = lock.getFileName().toString().replaceFirst("\\.lock$", "");
        Path cache = caches.resolve(name);
        if (!name.isEmpty()
            && Files.isDirectory(cache)
            && Files.getLastModifiedTime(lock).toInstant().isBefore(before)
            && (dryRun || RunnerFiles.deleteUnused(caches, name, before))) {
          deleted.add(cache);
        }
      }
    }
  }

  private record Cache(String name, Path path, Instant used, long bytes) {}

  private static void beyond(Path caches, long most, boolean dryRun, List<Path> deleted)
      throws IOException {
    if (!Files.isDirectory(caches)) {
      return;
    }
    List<Cache> left = new ArrayList<>();
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(caches, "*.lock")) {
      for (Path lock : locks) {
        String name = lock.getFileName().toString().replaceFirst("\\.lock$", "");
        Path cache = caches.resolve(name);
        if (!name.isEmpty() && Files.isDirectory(cache) && !deleted.contains(cache)) {
          Instant used = Files.getLastModifiedTime(lock).toInstant();
          left.add(new Cache(name, cache, used, MeasureFiles.bytes(cache)));
        }
      }
    }
    long all = left.stream().mapToLong(Cache::bytes).sum();
    left.sort(Comparator.comparing(Cache::used));
    for (Cache cache : left) {
      if (all <= most) {
        return;
      }
      if (dryRun || RunnerFiles.deleteUnused(caches, cache.name(), cache.used().plusMillis(1))) {
        deleted.add(cache.path());
        all -= cache.bytes();
      }
    }
  }

  /** A report is read within minutes; an older one belongs to a process that was killed. */
  private static void reports(Path reports, boolean dryRun, List<Path> deleted) throws IOException {
    if (!Files.isDirectory(reports)) {
      return;
    }
    Instant before = Instant.now().minus(REPORTS);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(reports)) {
      for (Path report : all) {
        try {
          if (Files.getLastModifiedTime(report).toInstant().isBefore(before)) {
            if (!dryRun) {
              WorkDirectory.delete(report);
            }
            deleted.add(report);
          }
        } catch (NoSuchFileException e) {
          // its run deleted it at this moment
        }
      }
    }
  }
}
