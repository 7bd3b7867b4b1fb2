package dev.winnow.evidence.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.WinnowException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds out how a repository runs its tests, from the files of its base. Never guesses. */
public final class DetectRunner {

  private static final List<String> NAMES =
      List.of("maven", "gradle", "node", "npm", "unittest", "pytest", "go", "cargo");

  private static final String CHOOSE =
      "choose with --runner ("
          + String.join(", ", NAMES)
          + "), or give --test-command C (and --junit GLOB)";

  /** Files that may say that pytest runs the tests, and what says so. */
  private static final Map<String, String> PYTEST_SECTIONS =
      Map.of("pyproject.toml", "[tool.pytest", "setup.cfg", "[tool:pytest]", "tox.ini", "[pytest]");

  private static final Set<String> ROOT_FILES =
      Set.of("pom.xml", "build.gradle", "build.gradle.kts", "package.json", "go.mod", "Cargo.toml");

  private final Set<String> files;
  private final Function<Collection<String>, Map<String, String>> read;

  private DetectRunner(Set<String> files, Function<Collection<String>, Map<String, String>> read) {
    this.files = files;
    this.read = read;
  }

  /**
   * What the user said: {@code --runner}, {@code --test-command}, {@code --junit}; each or null.
   */
  public record Options(
      @Nullable String runner, @Nullable String testCommand, @Nullable String junit) {
    public static final Options NONE = new Options(null, null, null);
  }

  /** What detection found. */
  public sealed interface Detected {
    /** One runner; {@code why} is one line for people. */
    record Found(TestRunner runner, String why) implements Detected {}

    /** Several fit; the message says what was found and how to choose. */
    record Ambiguous(List<String> what, String message) implements Detected {
      public Ambiguous {
        what = List.copyOf(what);
      }
    }

    /** None fits; the message says what to do. */
    record NotFound(String message) implements Detected {}
  }

  /**
   * @param files path to blob id of the base's tree
   * @param read contents of files of the base by path, many at once, without those that are too
   *     large
   * @throws WinnowException of category USAGE when the options contradict each other
   */
  public static Detected detect(
      Map<String, String> files,
      Function<Collection<String>, Map<String, String>> read,
      Options options) {
    String command = options.testCommand();
    String name = options.runner();
    if (command != null) {
      return command(command, options);
    }
    if (options.junit() != null) {
      throw WinnowException.usage("--junit says where --test-command reports; give both");
    }
    DetectRunner detect = new DetectRunner(files.keySet(), read);
    if (name != null) {
      return detect.chosen(name);
    }
    return detect.found();
  }

  private static Detected command(String command, Options options) {
    String junit = options.junit();
    if (command.isBlank()) {
      throw WinnowException.usage("--test-command is empty");
    }
    if (options.runner() != null && !options.runner().equals("command")) {
      throw WinnowException.usage("give either --runner or --test-command");
    }
    if (junit != null && (junit.startsWith("/") || junit.contains(".."))) {
      throw WinnowException.usage("--junit is a pattern below the repository: " + junit);
    }
    String how = junit == null ? "its exit status is the only result" : "JUnit reports in " + junit;
    return new Detected.Found(new CommandRunner(command, junit), "command: --test-command, " + how);
  }

  private Detected chosen(String name) {
    return switch (name) {
      case "maven" -> told(new MavenRunner());
      case "gradle" -> told(new GradleRunner());
      case "unittest" -> told(new UnittestRunner());
      case "pytest" -> told(new PytestRunner());
      case "go" -> told(new GoRunner());
      case "cargo" -> told(new CargoRunner());
      case "node", "npm" -> {
        TestRunner script = NodeScript.runner(testScript());
        yield script != null && script.name().equals(name)
            ? told(script)
            : name.equals("node") ? told(new NodeRunner(List.of(), Map.of())) : unknownScript();
      }
      default ->
          throw WinnowException.usage(
              "unknown runner " + name + "; known are " + String.join(", ", NAMES));
    };
  }

  private static Detected told(TestRunner runner) {
    return new Detected.Found(runner, runner.name() + ": chosen with --runner");
  }

  private Detected found() {
    List<Detected.Found> strong = new ArrayList<>();
    if (has("pom.xml")) {
      strong.add(because(new MavenRunner(), "pom.xml at the root"));
    }
    for (String gradle :
        List.of("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts")) {
      if (has(gradle)) {
        strong.add(because(new GradleRunner(), gradle + " at the root"));
        break;
      }
    }
    if (has("go.mod")) {
      strong.add(because(new GoRunner(), "go.mod at the root"));
    }
    if (has("Cargo.toml")) {
      strong.add(because(new CargoRunner(), "Cargo.toml at the root"));
    }
    String script = testScript();
    TestRunner node = NodeScript.runner(script);
    if (node != null) {
      strong.add(because(node, "the test script of package.json is \"" + script + "\""));
    } else if (!script.isEmpty() && strong.isEmpty()) {
      return unknownScript();
    }
    python(strong).ifPresent(strong::add);
    if (strong.isEmpty()) {
      bareNode().ifPresent(strong::add);
    }
    return switch (strong.size()) {
      case 0 -> new Detected.NotFound(notFound());
      case 1 -> strong.getFirst();
      default -> ambiguous(strong);
    };
  }

  private static Detected.Found because(TestRunner runner, String why) {
    return new Detected.Found(runner, runner.name() + ": " + why);
  }

  private static Detected ambiguous(List<Detected.Found> found) {
    List<String> what = found.stream().map(Detected.Found::why).toList();
    String names =
        found.stream()
            .map(f -> "--runner " + f.runner().name())
            .collect(Collectors.joining(" or "));
    return new Detected.Ambiguous(
        what,
        "several ways to run the tests were found ("
            + String.join("; ", what)
            + "); choose with "
            + names
            + ", or give --test-command");
  }

  /** Files named like tests count alone; beside another build only with a Python project file. */
  private Optional<Detected.Found> python(List<Detected.Found> others) {
    List<String> tests =
        files.stream()
            .filter(f -> f.endsWith(".py") && !RepositoryPath.name(f).equals("conftest.py"))
            .filter(f -> RepositoryPath.name(f).matches("test.*\\.py|.*_test\\.py"))
            .sorted()
            .toList();
    boolean project =
        has("setup.py")
            || has("pyproject.toml")
            || has("setup.cfg")
            || has("pytest.ini")
            || has("tox.ini");
    if (tests.isEmpty() || (!others.isEmpty() && !project)) {
      return Optional.empty();
    }
    for (String name : List.of("pytest.ini", "conftest.py", "tests/conftest.py")) {
      if (has(name)) {
        return Optional.of(because(new PytestRunner(), name));
      }
    }
    Map<String, String> settings = contents(PYTEST_SECTIONS.keySet());
    for (Map.Entry<String, String> file : settings.entrySet()) {
      String section = PYTEST_SECTIONS.getOrDefault(file.getKey(), "");
      if (file.getValue().contains(section)) {
        return Optional.of(because(new PytestRunner(), section + " in " + file.getKey()));
      }
    }
    Map<String, String> sources = contents(tests.subList(0, Math.min(tests.size(), 200)));
    for (Map.Entry<String, String> file : sources.entrySet()) {
      String test = file.getKey();
      String source = file.getValue();
      // functions outside of a class are tests for pytest alone
      if (source.matches("(?s)(.*\\n)?(import pytest|from pytest)\\b.*")
          || (!source.contains("unittest") && source.matches("(?s)(.*\\n)?(async )?def test.*"))) {
        return Optional.of(because(new PytestRunner(), test + " is written for pytest"));
      }
    }
    return Optional.of(because(new UnittestRunner(), tests.getFirst() + " and no sign of pytest"));
  }

  private Optional<Detected.Found> bareNode() {
    return files.stream()
        .filter(f -> RepositoryPath.name(f).matches(".+[._-]test\\.[cm]?js"))
        .sorted()
        .findFirst()
        .map(f -> because(new NodeRunner(List.of(), Map.of()), f + " and no test script"));
  }

  private String testScript() {
    try {
      JsonNode script =
          Json.mapper().readTree(content("package.json")).path("scripts").path("test");
      String text = script.asText("").strip();
      return text.contains("no test specified") ? "" : text;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return "";
    }
  }

  private Detected unknownScript() {
    String script = testScript();
    return new Detected.NotFound(
        "the test script of package.json ("
            + (script.isEmpty() ? "none" : "\"" + Excerpt.firstLine(script) + "\"")
            + ") is not node --test, vitest, jest or mocha; give --test-command with --junit");
  }

  private String notFound() {
    List<String> nested =
        files.stream()
            .filter(f -> f.contains("/") && ROOT_FILES.contains(RepositoryPath.name(f)))
            .sorted()
            .limit(3)
            .toList();
    return "no way to run tests was found"
        + (nested.isEmpty() ? "" : " at the root (but " + String.join(", ", nested) + ")")
        + "; "
        + CHOOSE;
  }

  private boolean has(String path) {
    return files.contains(path);
  }

  private String content(String path) {
    return contents(List.of(path)).getOrDefault(path, "");
  }

  /** Of those that are there, sorted by path. */
  private SortedMap<String, String> contents(Collection<String> paths) {
    List<String> there = paths.stream().filter(this::has).toList();
    return there.isEmpty() ? new TreeMap<>() : new TreeMap<>(read.apply(there));
  }
}
