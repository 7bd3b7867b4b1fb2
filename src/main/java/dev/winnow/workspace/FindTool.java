package dev.winnow.workspace;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the programs that Winnow itself starts. Only system directories are searched: a PATH can
 * hold a directory that a candidate writes, and a planted {@code ./git} must never run.
 */
public final class FindTool {

  private static final List<String> DIRECTORIES =
      List.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin");

  /** What a sandboxed command gets as PATH unless the caller sets another one. */
  static final String PATH = String.join(":", DIRECTORIES);

  private FindTool() {}

  /** The program's absolute path, empty when no system directory has it. */
  public static Optional<Path> absolute(String name) {
    return DIRECTORIES.stream()
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
