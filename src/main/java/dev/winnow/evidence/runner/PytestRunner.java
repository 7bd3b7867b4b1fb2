package dev.winnow.evidence.runner;

import dev.winnow.workspace.CommandResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** pytest, with its own JUnit XML. */
final class PytestRunner implements PythonTestRunner {

  private static final String REPORT = "pytest.xml";

  @Override
  public String name() {
    return "pytest";
  }

  @Override
  public List<String> programs() {
    return List.of("python3", "pytest");
  }

  @Override
  public Invocation tests(RunPlace place, TestSelection selection) {
    Path pytest = place.tools().need("pytest");
    List<String> argv =
        new ArrayList<>(
            List.of(
                PythonProject.python(place).toString(),
                place.scripts().resolve("pytest_runner.py").toString(),
                "-p",
                "no:cacheprovider",
                "--color=no",
                "-o",
                "junit_family=xunit1",
                "--junitxml=" + place.reports().resolve(REPORT)));
    switch (selection) {
      case TestSelection.All() -> {}
      case TestSelection.Files(List<String> paths) -> {
        argv.add("--");
        argv.addAll(paths.stream().filter(p -> p.endsWith(".py")).toList());
      }
    }
    return Invocation.of(
        argv, PythonTests.ENVIRONMENT, PythonProject.mounts(place, List.of(pytest)));
  }

  /** With a function besides, which pytest runs in another way than a test case. */
  @Override
  public Optional<MustFail> mustFail(
      List<String> others, Function<String, Optional<String>> text, String mark) {
    MustFail cases = PythonTests.mustFail(others, mark);
    String function =
        "\n\ndef test_%s():\n    one = \"a\"\n    assert one == \"b\"\n".formatted(mark);
    Map<String, String> files = new HashMap<>(cases.files());
    files.replaceAll((_, source) -> source + function);
    return Optional.of(new MustFail(files, cases.select(), cases.tests() + 1));
  }

  @Override
  public Report report(RunPlace place, CommandResult result) {
    Path file = place.reports().resolve(REPORT);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Report.cutOff(List.of(), "the test process ended before it wrote its report");
    }
    Report report = CollectJunit.of(List.of(file), PytestRunner::id);
    if (report.state() != Report.State.COMPLETE) {
      return report;
    }
    // a file that does not load is a test case without a place in a file
    Set<String> notLoaded =
        report.results().stream()
            .filter(r -> r.status() == TestStatus.ERROR && !r.id().contains("::"))
            .map(TestResult::id)
            .collect(Collectors.toCollection(HashSet::new));
    return Report.complete(report.results(), notLoaded);
  }

  /** {@code tests/test_app.py::AppTest::test_add[1]}. */
  private static String id(ReadJunitXml.Case test) {
    if (test.className().isEmpty()) {
      // pytest names a module that it could not collect by its dotted path
      return test.file().isEmpty() ? test.name().replace('.', '/') + ".py" : test.file();
    }
    String file = test.file();
    if (file.isEmpty()) {
      return test.className().replace('.', '/') + ".py::" + test.name();
    }
    String module = file.endsWith(".py") ? file.substring(0, file.length() - 3) : file;
    String dotted = module.replace('/', '.');
    String type =
        test.className().startsWith(dotted + ".")
            ? test.className().substring(dotted.length() + 1).replace(".", "::") + "::"
            : "";
    return file + "::" + type + test.name();
  }

  @Override
  public Optional<Explanation> explain(String output, Report report, int exitStatus) {
    return switch (exitStatus) {
      case PythonTests.TAMPERED -> Optional.of(PythonTests.tampered(output));
      case 5 -> Optional.of(new Explanation(TestRun.Verdict.NO_TESTS, "pytest collected no test"));
      case 4 ->
          Optional.of(
              new Explanation(
                  TestRun.Verdict.COMPILE_FAILED, "pytest could not start: " + lastError(output)));
      default -> Optional.empty();
    };
  }

  private static String lastError(String output) {
    List<String> lines =
        output.lines().filter(l -> l.startsWith("E  ") || l.startsWith("ERROR")).toList();
    return lines.isEmpty() ? "wrong usage" : Excerpt.firstLine(lines.getLast());
  }
}
