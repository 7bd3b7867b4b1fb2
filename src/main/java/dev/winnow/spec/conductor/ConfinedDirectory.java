package dev.winnow.spec.conductor;

import dev.winnow.WinnowException;
import dev.winnow.spec.WriteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Files below one directory, and none outside of it, whatever links and paths say. */
final class ConfinedDirectory {

  private static final int MOST_BYTES = 4 << 20;
  private static final int ATTEMPTS = 20;

  private final Path root;

  /**
   * @param root exists
   */
  ConfinedDirectory(Path root) throws IOException {
    this.root = root.toRealPath();
  }

  Path root() {
    return root;
  }

  /**
   * The file that a link names.
   *
   * @param from directory of the file with the link
   * @throws WinnowException of category USAGE when it is outside
   */
  Path resolve(Path from, String link) {
    try {
      Path path = from.resolve(link.replaceFirst("#.*$", "").replace("%20", " ")).normalize();
      return inside(path);
    } catch (InvalidPathException e) {
      throw outside(link);
    }
  }

  private Path inside(Path path) {
    if (!path.startsWith(root)) {
      throw outside(path.toString());
    }
    // a link in the file system leads out as well; what does not exist yet hangs below what does
    Path existing = path;
    while (!Files.exists(existing) && !Files.isSymbolicLink(existing)) {
      existing = existing.getParent() == null ? root : existing.getParent();
    }
    try {
      if (!existing.toRealPath().startsWith(root)) {
        throw outside(path.toString());
      }
    } catch (IOException e) {
      throw outside(path.toString());
    }
    return path;
  }

  private WinnowException outside(String what) {
    String shown = what.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return WinnowException.usage(
        "'%s' leads out of %s: nothing is read or written there."
            .formatted(shown.length() > 200 ? shown.substring(0, 200) + "…" : shown, root));
  }

  /** The content; empty when there is no such file. */
  Optional<byte[]> read(Path file) {
    try {
      Path path = inside(file);
      if (!Files.isRegularFile(path)) {
        return Optional.empty();
      }
      if (Files.size(path) > MOST_BYTES) {
        throw WinnowException.usage("%s is larger than 4 MiB.".formatted(path));
      }
      return Optional.of(Files.readAllBytes(path));
    } catch (IOException e) {
      throw WinnowException.infrastructure("Cannot read %s.".formatted(file), e);
    }
  }

  /** Writes a file that is not there yet. */
  void create(Path file, String text) {
    try {
      Path path = inside(file);
      Files.createDirectories(Objects.requireNonNull(path.getParent()));
      WriteFile.atomically(path, text);
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "Cannot write %s: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Changes a file as it is now. Somebody may edit it at the same time: what was read is compared
   * again right before the new content takes its place, and if it differs the change is made again.
   */
  void change(Path file, UnaryOperator<byte[]> change) {
    try {
      Path path = inside(file);
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        byte[] before = Files.readAllBytes(path);
        byte[] after = change.apply(before);
        if (Arrays.equals(before, after) || WriteFile.instead(path, before, after)) {
          return;
        }
      }
      throw WinnowException.usage(
          "%s is edited all the time: save it, and try again.".formatted(path));
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "Cannot write %s: %s.".formatted(file, e.getMessage()), e);
    }
  }
}
