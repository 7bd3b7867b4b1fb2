package dev.winnow.app;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes a directory of files a git repository with one commit, the same one everywhere. */
final class InitRepository {

  /** The user's own configuration (hooks, signing, templates) has no business here. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "GIT_CONFIG_GLOBAL", "/dev/null",
          "GIT_CONFIG_NOSYSTEM", "1",
          "GIT_AUTHOR_NAME", "Winnow",
          "GIT_AUTHOR_EMAIL", "winnow@localhost",
          "GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z",
          "GIT_COMMITTER_NAME", "Winnow",
          "GIT_COMMITTER_EMAIL", "winnow@localhost",
          "GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z");

  private InitRepository() {}

  static void in(Path directory, String message) {
    git(directory, "-c", "init.defaultBranch=main", "init", "-q", "--template=");
    git(directory, "add", "-A");
    git(directory, "commit", "-q", "-m", message);
  }

  private static void git(Path directory, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().putAll(ENVIRONMENT);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw WinnowException.infrastructure(
            "git %s failed: %s".formatted(arguments[0], SafeText.line(output, 300)), null);
      }
    } catch (IOException e) {
      throw WinnowException.infrastructure("git cannot be started: install git 2.35 or newer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw WinnowException.infrastructure("interrupted", e);
    }
  }
}
