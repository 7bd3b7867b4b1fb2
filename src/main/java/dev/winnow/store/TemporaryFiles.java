package dev.winnow.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a killed start left behind in the server's directory. */
final class TemporaryFiles {

  /** Begins the name of everything unfinished; a finished thing is renamed. */
  static final String PREFIX = "unfinished-";

  private TemporaryFiles() {}

  static void removeFrom(Path home) throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(home, PREFIX + "*")) {
      for (Path leftover : leftovers) {
        delete(leftover);
      }
    }
  }

  /** As much as possible: an initdb that outlived its killed parent may still be writing. */
  static void delete(Path directory) {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(directory)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      return; // the next start tries again
    }
    for (Path path : deepestFirst) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // the next start tries again
      }
    }
  }
}
