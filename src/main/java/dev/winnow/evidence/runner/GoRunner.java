package dev.winnow.evidence.runner;

import dev.winnow.workspace.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code go test -json}; the standard output is the report. */
final class GoRunner implements TestRunner {

  private static final Pattern TEST =
      Pattern.compile("(?m)^func (Test\\w*|Example\\w*|Fuzz\\w*)\\(");

  private static final Pattern PACKAGE = Pattern.compile("(?m)^package\\s+(\\w+)");

  private static final String GO_TEST =
      """
      package %1$s

      import "testing"

      func TestMustFail_%2$s(t *testing.T) {
      	t.Fatal("must fail")
      }
      """;

  @Override
  public String name() {
    return "go";
  }

  @Override
  public boolean isTestFile(String path) {
    return path.endsWith("_test.go") || RepositoryPath.below("/" + path, "testdata");
  }

  @Override
  public boolean isBuildFile(String path) {
    String name = RepositoryPath.name(path);
    return name.equals("go.mod") || name.equals("go.sum") || name.equals("go.work");
  }

  @Override
  public List<String> buildOutputs() {
    return List.of("*.test", "*.out");
  }

  /** Ids name the package, so a file fits when its directory ends the package's path. */
  @Override
  public boolean definedIn(String id, String path) {
    int end = id.indexOf("::");
    String module = end < 0 ? id : id.substring(0, end);
    String directory = RepositoryPath.directory(path);
    return path.endsWith("_test.go")
        && (directory.isEmpty() || module.equals(directory) || module.endsWith("/" + directory));
  }

  @Override
  public List<String> programs() {
    return List.of("go");
  }

  @Override
  public Invocation tests(RunPlace place, TestSelection selection) {
    List<String> go = new ArrayList<>(List.of("test", "-json", "-count=1"));
    switch (selection) {
      case TestSelection.All() -> go.add("./...");
      case TestSelection.Files(List<String> paths) -> {
        TreeSet<String> directories = new TreeSet<>();
        TreeSet<String> names = new TreeSet<>();
        for (String path : paths) {
          if (path.endsWith("_test.go")) {
            String directory = RepositoryPath.directory(path);
            directories.add(directory.isEmpty() ? "." : "./" + directory);
            names.addAll(names(place.workspace().resolve(path)));
          }
        }
        go.add("-run=^(" + String.join("|", names) + ")$");
        go.addAll(directories);
      }
    }
    // the build's errors go to the output, the events to a file of their own
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" > \"$0\""));
    argv.add(place.output().toString());
    argv.add(place.tools().need("go").toString());
    argv.addAll(go);
    List<Path> readOnly = new ArrayList<>(mounts(place));
    if (Files.isDirectory(modules(place))) {
      readOnly.add(modules(place));
    }
    return Invocation.of(argv, environment(place, "off"), readOnly);
  }

  @Override
  public Optional<Invocation> preparation(RunPlace place) {
    if (!Files.exists(place.workspace().resolve("go.sum"))) {
      return Optional.empty();
    }
    List<String> argv = List.of(place.tools().need("go").toString(), "mod", "download");
    Invocation download =
        new Invocation(
            argv, "", environment(place, ""), mounts(place), List.of(modules(place)), () -> {});
    return Optional.of(place.tools().network().around(download, place));
  }

  /** Each directory is a program of its own. */
  @Override
  public Optional<MustFail> mustFail(
      List<String> others, Function<String, Optional<String>> text, String mark) {
    Map<String, String> files = new TreeMap<>();
    List<String> select = new ArrayList<>(others);
    for (String path : others) {
      Matcher name = PACKAGE.matcher(text.apply(path).orElse(""));
      String file = RepositoryPath.directory(path) + "/zz_" + mark + "_test.go";
      if (path.endsWith("_test.go") && name.find()) {
        files.putIfAbsent(file.startsWith("/") ? file.substring(1) : file, name.group(1));
      }
    }
    if (others.isEmpty()) {
      files.put(mark + "/" + mark + "_test.go", mark);
    }
    select.addAll(files.keySet());
    files.replaceAll((_, name) -> GO_TEST.formatted(name, mark));
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new MustFail(files, select, files.size()));
  }

  private static Path modules(RunPlace place) {
    return place.caches().resolve("go");
  }

  private static List<Path> mounts(RunPlace place) {
    return place.tools().mounts(List.of(place.tools().need("go")));
  }

  private static Map<String, String> environment(RunPlace place, String proxy) {
    Map<String, String> environment = new java.util.HashMap<>();
    environment.put("GOMODCACHE", modules(place).toString());
    environment.put("GOFLAGS", "-mod=mod");
    environment.put("GOTOOLCHAIN", "local");
    if (!proxy.isEmpty()) {
      environment.put("GOPROXY", proxy);
    }
    return environment;
  }

  private static List<String> names(Path file) {
    List<String> names = new ArrayList<>();
    try {
      byte[] source = ReportFiles.read(file, ReportFiles.MAX_BYTES);
      Matcher matcher = TEST.matcher(new String(source, java.nio.charset.StandardCharsets.UTF_8));
      while (matcher.find()) {
        names.add(matcher.group(1));
      }
    } catch (IOException | ReportFiles.Unbelievable e) {
      // nothing runs then, and the verdict says so
      return names;
    }
    return names;
  }

  @Override
  public Report report(RunPlace place, CommandResult result) {
    return ReadGoEvents.read(place.output(), result.output());
  }

  @Override
  public Optional<Explanation> explain(String output, Report report, int exitStatus) {
    if (report.executed() || !report.notLoaded().isEmpty()) {
      return Optional.empty();
    }
    String line =
        output
            .lines()
            .filter(l -> l.contains("module lookup disabled") || l.contains("missing go.sum entry"))
            .findFirst()
            .orElse("");
    return line.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Explanation(
                TestRun.Verdict.COULD_NOT_RUN,
                "unresolved dependency: " + Excerpt.firstLine(line)));
  }
}
