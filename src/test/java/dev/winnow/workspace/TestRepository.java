package dev.winnow.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real git repository of a user in a temporary directory. */
public record TestRepository(Path root) {

  /** An empty repository on branch main, with no commit. */
  public static TestRepository empty(Path directory) {
    try {
      Files.createDirectories(directory);
      // JUnit's temporary directories are closed to other users, and sandboxed commands are one
      Path shared = Path.of(System.getProperty("java.io.tmpdir"));
      Path path = directory;
      // never the shared directory itself: taking its sticky bit would break every other program
      while (path != null && path.startsWith(shared) && !path.equals(shared)) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        path = path.getParent();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TestRepository repository = new TestRepository(directory);
    repository.git("init", "-q", "-b", "main");
    return repository;
  }

  /** A repository with one commit that has these files. */
  public static TestRepository of(Path directory, Map<String, String> files) {
    TestRepository repository = empty(directory);
    files.forEach(repository::write);
    repository.commit("base");
    return repository;
  }

  public TestRepository write(String path, String content) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Commits everything; the commit's id. */
  public String commit(String message) {
    git("add", "-A");
    git("commit", "-q", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD");
  }

  /**
   * Commits, beside what is there, {@code width} to the power of {@code depth} paths in a few
   * objects: each directory holds the same one several times.
   */
  public void bomb(int width, int depth) {
    sh(
        root,
        """
        blob=$(echo boom | git hash-object -w --stdin)
        entry="100644 blob $blob"
        for level in $(seq %2$d); do
          tree=$(for i in $(seq %1$d); do printf '%%s\\tn%%s\\n' "$entry" $i; done | git mktree)
          entry="040000 tree $tree"
        done
        git read-tree --empty
        tree=$({ git ls-tree HEAD; printf '%%s\\tzz-bomb\\n' "$entry"; } | git mktree)
        git update-ref HEAD $(git -c user.name=T -c user.email=t@example.org \
          commit-tree -p HEAD -m bomb $tree)
        git repack -q -a -d
        """
            .formatted(width, depth));
  }

  /** Runs git in the repository; what it printed, without the last newline. */
  public String git(String... args) {
    List<String> argv =
        new ArrayList<>(
            List.of("git", "-c", "user.name=Test", "-c", "user.email=test@example.org"));
    argv.addAll(List.of(args));
    return run(root, argv.toArray(String[]::new));
  }

  /** Runs a shell script in a directory; what it printed. */
  public static String sh(Path directory, String script) {
    return run(directory, "sh", "-ec", script);
  }

  private static String run(Path directory, String... argv) {
    try {
      ProcessBuilder builder = new ProcessBuilder(argv);
      builder.directory(directory.toFile()).redirectErrorStream(true);
      builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", argv) + ": " + output);
      }
      return output.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
