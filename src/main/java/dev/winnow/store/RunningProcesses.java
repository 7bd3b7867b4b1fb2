package dev.winnow.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks for processes where the system shows them (Linux). */
final class RunningProcesses {

  private static final Path PROC = Path.of("/proc");

  private RunningProcesses() {}

  static boolean areVisible() {
    return Files.isSymbolicLink(PROC.resolve("self/cwd"));
  }

  /**
   * The id of some process that works in the directory, as every PostgreSQL process does in its
   * cluster; 0 if there is none. Zombies have no working directory and do not count.
   */
  static long withWorkingDirectory(Path directory) throws IOException {
    if (!areVisible() || !Files.exists(directory)) {
      return 0;
    }
    Path wanted = directory.toRealPath();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        try {
          if (Files.readSymbolicLink(process.resolve("cwd")).equals(wanted)) {
            return Long.parseLong(process.getFileName().toString());
          }
        } catch (IOException e) {
          // it ended, is a zombie, or belongs to somebody else
        }
      }
    }
    return 0;
  }
}
