package dev.winnow.workspace;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;

/** Home and temporary directory of one command, deleted after it. */
record PrivateDirectory(Path root) implements AutoCloseable {

  static PrivateDirectory create(Path parent, OptionalInt owner) {
    try {
      Path root = Files.createTempDirectory(parent, "winnow-command-");
      PrivateDirectory created = new PrivateDirectory(root);
      Files.createDirectory(created.home());
      Files.createDirectory(created.temporary());
      if (owner.isPresent()) {
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setAttribute(created.home(), "unix:uid", owner.getAsInt());
        Files.setAttribute(created.temporary(), "unix:uid", owner.getAsInt());
      }
      return created;
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX,
          "cannot create a directory in " + parent + ": " + e.getMessage(),
          e);
    }
  }

  Path home() {
    return root.resolve("home");
  }

  Path temporary() {
    return root.resolve("tmp");
  }

  /** Deletes it, whatever the command left in it; what cannot be deleted stays behind. */
  @Override
  public void close() {
    try {
      if (isEmpty(home()) && isEmpty(temporary())) {
        Files.delete(home());
        Files.delete(temporary());
        Files.delete(root);
      } else {
        delete(root);
      }
    } catch (IOException e) {
      throw new WinnowException(
          WinnowException.Category.SANDBOX, "cannot delete " + root + ": " + e.getMessage(), e);
    }
  }

  /** Deletes a tree that a command had write access to; what cannot be deleted stays. */
  static void delete(Path root) throws IOException {
    try {
      // it can be deeper than any path that Java can name; rm and chmod never follow links
      // Ctrl-C reaches the shell as well, and must not stop it half-way
      String script =
          "trap '' INT TERM HUP; rm -rf -- \"$1\" || { chmod -R u+rwX -- \"$1\"; rm -rf -- \"$1\"; }";
      new ProcessBuilder("/bin/sh", "-c", script, "rm", root.toString())
          .redirectOutput(Redirect.DISCARD)
          .redirectError(Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // rm goes on by itself
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (var entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    }
  }
}
