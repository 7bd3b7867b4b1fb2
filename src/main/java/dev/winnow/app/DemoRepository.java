package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.run.RunOptions;
import dev.winnow.run.RunTerms;
import dev.winnow.spec.Task;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The bundled sample: a small Maven repository, and the scripts of the agents that change it.
 *
 * @param directory the new git repository
 * @param scripts beside it
 */
record DemoRepository(Path directory, Path scripts) {

  static final List<String> FILES =
      List.of(
          "gitignore.txt",
          "README.md",
          "pom.xml",
          "src/main/java/shop/Article.java",
          "src/main/java/shop/Cart.java",
          "src/main/java/shop/Money.java",
          "src/test/java/shop/CartTest.java",
          "src/test/java/shop/MoneyTest.java");

  static final List<String> SCRIPTS =
      List.of("right.json", "subtle.json", "cheat.json", "tester.json");

  /** Copies the sample to a new temporary directory and makes it a git repository. */
  static DemoRepository create() {
    try {
      Path root = Files.createTempDirectory("winnow-demo-");
      Path repository = Files.createDirectory(root.resolve("shop"));
      for (String file : FILES) {
        // build tools leave out files that begin with a dot when they package resources
        copy("repository/" + file, repository.resolve(file.replace("gitignore.txt", ".gitignore")));
      }
      Path scripts = Files.createDirectory(root.resolve("scripts"));
      for (String script : SCRIPTS) {
        copy("scripts/" + script, scripts.resolve(script));
      }
      InitRepository.in(repository, "A shopping cart");
      return new DemoRepository(repository, scripts);
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "cannot create the sample repository in the temporary directory: " + e.getMessage(), e);
    }
  }

  private static void copy(String resource, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    try (InputStream in = open(resource)) {
      Files.copy(in, target);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = DemoRepository.class.getResourceAsStream("/demo/" + resource);
    if (in == null) {
      throw new IllegalStateException("not bundled: " + resource);
    }
    return in;
  }

  /** What {@code winnow demo} asks for. */
  RunOptions options() {
    return new RunOptions(
        task(),
        directory,
        Optional.empty(),
        false,
        List.of(agent("right"), agent("subtle"), agent("cheat")),
        Optional.of(agent("tester")),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        RunOptions.USUAL_TIME,
        true,
        RunTerms.USUAL,
        Optional.empty());
  }

  private String agent(String name) {
    return "scripted:" + scripts.resolve(name + ".json");
  }

  private static Task task() {
    try (InputStream in = open("task.txt")) {
      return new Task(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
