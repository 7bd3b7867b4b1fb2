package dev.winnow.app;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds the root of the checkout that a path is in, without asking git. */
final class FindCheckout {

  private FindCheckout() {}

  /** The nearest directory upwards that holds {@code .git}, or null. */
  static @Nullable Path above(Path path) {
    for (Path dir = path.toAbsolutePath().normalize(); dir != null; dir = dir.getParent()) {
      if (Files.exists(dir.resolve(".git"))) {
        return dir;
      }
    }
    return null;
  }
}
