package dev.winnow.evidence.runner;

import dev.winnow.workspace.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** {@code cargo test}; stable cargo has no report, so its text is read. */
final class CargoRunner implements TestRunner {

  @Override
  public String name() {
    return "cargo";
  }

  @Override
  public boolean isTestFile(String path) {
    return path.startsWith("tests/") || path.contains("/tests/") || path.endsWith("/tests.rs");
  }

  @Override
  public boolean isBuildFile(String path) {
    String name = RepositoryPath.name(path);
    return name.equals("Cargo.toml")
        || name.equals("Cargo.lock")
        || name.equals("build.rs")
        || name.startsWith("rust-toolchain")
        || path.startsWith(".cargo/");
  }

  @Override
  public List<String> buildOutputs() {
    return List.of("target/");
  }

  @Override
  public boolean definedIn(String id, String path) {
    int end = id.indexOf("::");
    String root = end < 0 ? id : id.substring(0, end);
    // unit tests stand in any source file of the crate
    return path.endsWith(root) || (root.contains("src/") && path.contains("src/"));
  }

  @Override
  public List<String> programs() {
    return List.of("cargo");
  }

  @Override
  public Invocation tests(RunPlace place, TestSelection selection) {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" > \"$0\" 2>&1"));
    argv.add(place.output().toString());
    argv.addAll(
        List.of(
            place.tools().need("cargo").toString(),
            "test",
            "--offline",
            "--no-fail-fast",
            "--color=never"));
    switch (selection) {
      case TestSelection.All() -> {}
      case TestSelection.Files(List<String> paths) -> argv.addAll(targets(paths));
    }
    List<Path> readOnly = new ArrayList<>(mounts(place));
    if (Files.isDirectory(home(place))) {
      readOnly.add(home(place));
    }
    return Invocation.of(argv, environment(place), readOnly);
  }

  /**
   * Integration tests of the root are targets of their own. Which target any other file belongs to,
   * say a library, a program or a member of the workspace, only cargo knows: then all are run.
   */
  private static List<String> targets(List<String> paths) {
    List<String> targets = new ArrayList<>();
    for (String path : paths) {
      if (path.matches("tests/[^/]+\\.rs")) {
        targets.add("--test=" + path.substring("tests/".length(), path.length() - 3));
      } else if (path.endsWith(".rs")) {
        return List.of();
      }
    }
    return targets;
  }

  /** They stand in the files of the others: each file of {@code tests/} is its own program. */
  @Override
  public Optional<MustFail> mustFail(
      List<String> others, Function<String, Optional<String>> text, String mark) {
    String test =
        "\n#[cfg(test)]\nmod must_fail_%s {\n    #[test]\n    fn fails() {\n        panic!(\"must fail\");\n    }\n}\n"
            .formatted(mark);
    Map<String, String> files = new TreeMap<>();
    for (String path : others) {
      if (!targets(List.of(path)).isEmpty()) {
        text.apply(path).ifPresent(source -> files.put(path, source + test));
      }
    }
    if (others.isEmpty()) {
      files.put("tests/" + mark + ".rs", test);
    }
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new MustFail(files, List.copyOf(files.keySet()), files.size()));
  }

  @Override
  public Optional<Invocation> preparation(RunPlace place) {
    List<String> argv = List.of(place.tools().need("cargo").toString(), "fetch");
    Invocation fetch =
        new Invocation(argv, "", environment(place), mounts(place), List.of(home(place)), () -> {});
    return Optional.of(place.tools().network().around(fetch, place));
  }

  private static Path home(RunPlace place) {
    return place.caches().resolve("cargo");
  }

  private static List<Path> mounts(RunPlace place) {
    return place.tools().mounts(List.of(place.tools().need("cargo")));
  }

  private static Map<String, String> environment(RunPlace place) {
    return Map.of("CARGO_HOME", home(place).toString(), "RUST_BACKTRACE", "0");
  }

  @Override
  public Report report(RunPlace place, CommandResult result) {
    return ReadCargoText.read(place.output(), place.workspace());
  }

  @Override
  public Optional<Explanation> explain(String output, Report report, int exitStatus) {
    if (!report.results().isEmpty()) {
      return Optional.empty();
    }
    for (String line : (Iterable<String>) output.lines()::iterator) {
      if (line.contains("error: could not compile")) {
        return Optional.of(
            new Explanation(TestRun.Verdict.COMPILE_FAILED, "does not compile: " + error(output)));
      }
      if (line.contains("failed to select a version")
          || line.contains("no matching package")
          || line.contains("unable to update registry")
          || line.contains("failed to download")) {
        return Optional.of(
            new Explanation(
                TestRun.Verdict.COULD_NOT_RUN,
                "unresolved dependency: " + Excerpt.firstLine(line)));
      }
    }
    return output.contains("failed to parse manifest")
        ? Optional.of(
            new Explanation(
                TestRun.Verdict.COMPILE_FAILED, "the build cannot be read: " + error(output)))
        : Optional.empty();
  }

  private static String error(String output) {
    return Excerpt.firstLine(
        output.lines().filter(l -> l.startsWith("error")).findFirst().orElse("no reason given"));
  }
}
