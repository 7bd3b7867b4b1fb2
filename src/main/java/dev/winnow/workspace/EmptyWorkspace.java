package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;

/** A directory for a command that needs a place to be, and no files. */
public final class EmptyWorkspace {

  private EmptyWorkspace() {}

  /**
   * Makes it; it goes away with the directory around it.
   *
   * @param directory a free name in a {@link WorkDirectory}
   */
  public static Path create(Path directory, Sandbox sandbox) {
    try {
      Path root =
          Files.createDirectory(
                  directory,
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rwx------")))
              .toRealPath();
      OptionalInt owner = sandbox.owner(root);
      if (owner.isPresent()) {
        Ownership.give(root, owner.getAsInt());
      }
      return root;
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "A directory for an agent program cannot be made: " + e.getMessage(), e);
    }
  }
}
