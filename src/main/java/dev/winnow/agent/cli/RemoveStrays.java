package dev.winnow.agent.cli;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Removes empty directories that killed programs were seen to leave in a workspace: an empty {@code
 * .git} would change what git takes for the repository.
 */
final class RemoveStrays {

  private static final List<String> NAMES = List.of(".agents", ".aws", ".codex", ".git", ".claude");

  private RemoveStrays() {}

  /** Those that are not there now, to be removed if they come. */
  static List<Path> watch(Path workspace) {
    return NAMES.stream()
        .map(workspace::resolve)
        .filter(path -> !Files.exists(path, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  static void remove(List<Path> watched) {
    for (Path path : watched) {
      try {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(path);
        }
      } catch (DirectoryNotEmptyException e) {
        // then it is a part of the change
      } catch (IOException e) {
        // it is only tidiness
      }
    }
  }
}
