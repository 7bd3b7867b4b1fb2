package dev.winnow.evidence.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.workspace.CommandResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code python3 -m unittest}, run by a script of Winnow's that reports every test. */
final class UnittestRunner implements PythonTestRunner {

  private static final String REPORT = "unittest.jsonl";

  /** Exit status when there was nothing to run. */
  private static final int NO_TESTS = 5;

  @Override
  public String name() {
    return "unittest";
  }

  @Override
  public List<String> programs() {
    return List.of("python3");
  }

  @Override
  public Invocation tests(RunPlace place, TestSelection selection) {
    Path python = PythonProject.python(place);
    List<String> argv = new ArrayList<>();
    argv.add(python.toString());
    argv.add(place.scripts().resolve("unittest_runner.py").toString());
    argv.add(place.reports().resolve(REPORT).toString());
    switch (selection) {
      case TestSelection.All() -> {}
      case TestSelection.Files(List<String> paths) -> argv.addAll(paths);
    }
    return Invocation.of(
        argv, PythonTests.ENVIRONMENT, PythonProject.mounts(place, List.of(python)));
  }

  @Override
  public Report report(RunPlace place, CommandResult result) {
    return JsonLines.report(place.reports().resolve(REPORT), UnittestRunner::read);
  }

  private static Report read(List<JsonNode> lines) {
    List<TestResult> results = new ArrayList<>();
    Set<String> notLoaded = new HashSet<>();
    int read = 0;
    for (JsonNode line : lines) {
      read++;
      switch (JsonLines.text(line, "type")) {
        case "test" -> {
          TestResult result = test(line);
          results.add(result);
          if (line.path("name").isNull() && result.status() == TestStatus.ERROR) {
            notLoaded.add(result.id());
          }
        }
        case "end" -> {
          return line.path("records").asInt(-1) == results.size() && read == lines.size()
              ? Report.complete(results, notLoaded)
              : Report.suspicious("the report's last line counts other tests than it lists");
        }
        default -> {}
      }
    }
    return Report.cutOff(
        results, "the test process ended before all tests were over (" + results.size() + " were)");
  }

  private static TestResult test(JsonNode line) {
    TestStatus status =
        switch (JsonLines.text(line, "status")) {
          case "passed" -> TestStatus.PASSED;
          case "failed" -> TestStatus.FAILED;
          case "skipped" -> TestStatus.SKIPPED;
          default -> TestStatus.ERROR;
        };
    String file = line.path("file").isNull() ? "" : JsonLines.text(line, "file");
    String name = line.path("name").isNull() ? "" : JsonLines.text(line, "name");
    String id = file.isEmpty() ? name : name.isEmpty() ? file : file + "::" + name;
    return new TestResult(
        Excerpt.ofId(id), status, Excerpt.ofMessage(JsonLines.text(line, "message")));
  }

  @Override
  public Optional<Explanation> explain(String output, Report report, int exitStatus) {
    if (exitStatus == PythonTests.TAMPERED) {
      return Optional.of(PythonTests.tampered(output));
    }
    boolean nothing =
        report.state() == Report.State.COMPLETE
            && report.results().isEmpty()
            && exitStatus == NO_TESTS;
    return nothing
        ? Optional.of(new Explanation(TestRun.Verdict.NO_TESTS, "no test was found"))
        : Optional.empty();
  }
}
