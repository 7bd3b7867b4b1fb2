package dev.winnow.app;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * A repository of {@code src/test/resources/repositories}, copied and made a git repository with
 * one commit. Scripts: right, subtle, cheat, wrong-regression, wrong-own, tester.
 *
 * @param directory the new git repository
 * @param task what its scripts do
 */
record FixtureRepository(Path directory, String task, Path scripts) {

  /**
   * @param name maven-multi, python-unittest or node-test
   * @param parent an existing directory that gets the copy
   */
  static FixtureRepository create(String name, Path parent) {
    Path source = Path.of("src/test/resources/repositories", name).toAbsolutePath();
    try {
      Path directory = parent.resolve(name);
      copy(source.resolve("repository"), directory);
      Files.move(directory.resolve("gitignore.txt"), directory.resolve(".gitignore"));
      InitRepository.in(directory, "The beginning");
      return new FixtureRepository(
          directory, Files.readString(source.resolve("task.txt")), source.resolve("scripts"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** {@code winnow run} on it. */
  String[] run(String... more) {
    List<String> command =
        new ArrayList<>(List.of("run", "--repo", directory.toString(), "--task", task));
    if (Files.exists(directory.resolve("run.sh"))) {
      // the cheapest fixture: its tests are a shell script
      command.addAll(List.of("--test-command", "sh run.sh", "--junit", "build/report.xml"));
    }
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  /** The agent as {@code --agents} takes it. */
  String agent(String script) {
    return "scripted:" + scripts.resolve(script + ".json");
  }

  private static void copy(Path source, Path target) throws IOException {
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(target.resolve(source.relativize(directory).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, target.resolve(source.relativize(file).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
