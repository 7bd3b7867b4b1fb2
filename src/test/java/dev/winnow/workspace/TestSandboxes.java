package dev.winnow.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;

/** Sandboxes and workspaces for tests of all packages; one data directory per test JVM. */
public final class TestSandboxes {

  private static final Path DATA = createData();
  private static final ChooseSandbox.Chosen CHOSEN =
      ChooseSandbox.examine(ChooseSandbox.Preference.AUTO, DATA);

  private TestSandboxes() {}

  private static Path createData() {
    try {
      Path data = Files.createTempDirectory(Path.of("/tmp"), "winnow-test-");
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(data)));
      return data;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The strongest sandbox of this machine. */
  public static Sandbox chosen() {
    return CHOSEN.sandbox();
  }

  public static SandboxReport report() {
    return CHOSEN.report();
  }

  /** A data directory that sandboxed commands can pass. */
  public static Path data() {
    return DATA;
  }

  /** A new, empty directory that sandboxed commands can pass, for one test alone. */
  static Path newDirectory(String prefix) throws IOException {
    Path directory = Files.createTempDirectory(DATA, prefix);
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
  }

  /** A new, empty directory that commands of the sandbox can write. */
  public static Path newWorkspace(Sandbox sandbox) {
    try {
      Path workspace = Files.createDirectory(newDirectory("workspace-").resolve("files"));
      give(sandbox, workspace);
      return workspace;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Path newWorkspace() {
    return newWorkspace(chosen());
  }

  /** Gives files that a test wrote into a workspace to the commands' user. */
  public static void give(Sandbox sandbox, Path workspace) {
    give(sandbox, workspace, workspace);
  }

  /** Gives other files to the user that the commands of a workspace have. */
  public static void give(Sandbox sandbox, Path workspace, Path files) {
    OptionalInt owner = sandbox.owner(workspace);
    if (owner.isEmpty()) {
      return;
    }
    try {
      Files.walkFileTree(
          files,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
                throws IOException {
              return visitFile(path, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
                throws IOException {
              Files.setAttribute(
                  path, "unix:uid", owner.getAsInt(), java.nio.file.LinkOption.NOFOLLOW_LINKS);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path root) {
    try {
      PrivateDirectory.delete(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
