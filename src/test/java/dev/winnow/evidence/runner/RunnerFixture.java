package dev.winnow.evidence.runner;

import dev.winnow.Cancellation;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.TestSandboxes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A tiny project of one runner, in a workspace of the sandbox. */
final class RunnerFixture {

  private static final Path FIXTURES = Path.of("src/test/resources/fixtures").toAbsolutePath();

  static final Path OLD_JDK = Path.of("/usr/lib/jvm/java-17-openjdk-amd64");

  static final Duration WALL = Duration.ofMinutes(3);

  private final Sandbox sandbox = TestSandboxes.chosen();
  private final Path workspace = TestSandboxes.newWorkspace(sandbox);

  /** The parts are directories of the fixture, later ones laid over earlier ones. */
  static RunnerFixture of(String name, String... parts) {
    RunnerFixture fixture = new RunnerFixture();
    for (String part : parts) {
      fixture.copy(FIXTURES.resolve(name).resolve(part));
    }
    TestSandboxes.give(fixture.sandbox, fixture.workspace);
    return fixture;
  }

  Path workspace() {
    return workspace;
  }

  RunnerFixture write(String path, String content) {
    try {
      Path file = workspace.resolve(path);
      Files.createDirectories(file.resolveSibling("."));
      Files.writeString(file, content);
      TestSandboxes.give(sandbox, workspace);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Debian's gradle 4 works with JDK 17 at most; the others take the machine's. */
  static FindTools tools(String name) {
    return name.equals("gradle")
        ? FindTools.in(Map.of("JAVA_HOME", OLD_JDK.toString()))
        : FindTools.onThisMachine();
  }

  PreparedRunner bind(DetectRunner.Options options, FindTools tools) {
    var detected = DetectRunner.detect(files(), this::readAll, options);
    return switch (detected) {
      case DetectRunner.Detected.Found found ->
          new BindRunner(TestSandboxes.data(), sandbox, tools).bind(found);
      case DetectRunner.Detected.Ambiguous(_, String message) -> throw new AssertionError(message);
      case DetectRunner.Detected.NotFound(String message) -> throw new AssertionError(message);
    };
  }

  TestRun run(PreparedRunner runner, TestSelection selection) {
    return runner.run(workspace, selection, WALL, Cancellation.never());
  }

  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(workspace)) {
      walk.filter(Files::isRegularFile)
          .forEach(f -> files.put(workspace.relativize(f).toString(), "blob"));
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> readAll(Collection<String> paths) {
    return paths.stream().collect(Collectors.toMap(path -> path, path -> read(path).orElseThrow()));
  }

  Optional<String> read(String path) {
    try {
      return Optional.of(Files.readString(workspace.resolve(path)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void copy(Path from) {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : (Iterable<Path>) walk::iterator) {
        Path to = workspace.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(to);
        } else {
          Files.copy(path, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
