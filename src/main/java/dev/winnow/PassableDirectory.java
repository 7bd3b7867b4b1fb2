package dev.winnow;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Directories that others pass through and cannot list. As root, Winnow runs the database and
 * sandboxed commands as other users, so the umask has no say there; a user's own umask stays.
 */
public final class PassableDirectory {

  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwx--x--x");
  private static final FileAttribute<Set<PosixFilePermission>> ATTRIBUTE =
      PosixFilePermissions.asFileAttribute(MODE);

  private PassableDirectory() {}

  /** One that must not be there yet. */
  public static Path create(Path path) throws IOException {
    Files.createDirectory(path, ATTRIBUTE);
    if ("root".equals(System.getProperty("user.name"))) {
      Files.setPosixFilePermissions(path, MODE);
    }
    return path;
  }

  /** With its parents; those that are there already stay as they are. */
  public static Path createAll(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Path parent = path.toAbsolutePath().getParent();
      if (parent != null) {
        createAll(parent);
      }
      try {
        create(path);
      } catch (FileAlreadyExistsException e) {
        // another process was faster, or it is a file
        if (!Files.isDirectory(path)) {
          throw e;
        }
      }
    }
    return path;
  }
}
