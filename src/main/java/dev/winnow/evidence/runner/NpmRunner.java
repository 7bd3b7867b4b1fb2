package dev.winnow.evidence.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.workspace.CommandResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The test script of package.json, when it is vitest, jest or mocha; each has a JSON reporter. */
final class NpmRunner implements NodeTestRunner {

  private static final String REPORT = "npm.json";

  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final Pattern NOT_LOADED =
      Pattern.compile("(?m)^\\s*(?:Exception during run: |✖ ERROR: )(.*)$");

  private final String tool;
  private final List<String> arguments;
  private final Map<String, String> environment;

  /**
   * @param tool vitest, jest or mocha
   * @param arguments those of the script
   * @param environment what the script sets
   */
  NpmRunner(String tool, List<String> arguments, Map<String, String> environment) {
    this.tool = tool;
    this.arguments = List.copyOf(arguments);
    this.environment = Map.copyOf(environment);
  }

  @Override
  public String name() {
    return "npm";
  }

  @Override
  public List<String> programs() {
    return List.of("node", "npm");
  }

  @Override
  public Invocation tests(RunPlace place, TestSelection selection) {
    Path node = place.tools().need("node");
    List<Path> readOnly = new ArrayList<>(place.tools().mounts(List.of(node)));
    List<Path> linked = NodeProject.link(place);
    readOnly.addAll(linked);
    if (linked.isEmpty()) {
      throw dev.winnow.WinnowException.infrastructure(
          "package.json names " + tool + " as its test script, but no dependencies", null);
    }
    List<String> argv = new ArrayList<>();
    argv.add(linked.getFirst().resolve(".bin").resolve(tool).toString());
    String report = place.reports().resolve(REPORT).toString();
    if (tool.equals("vitest") && !arguments.contains("run")) {
      argv.add("run");
    }
    switch (selection) {
      case TestSelection.All() -> argv.addAll(arguments);
      case TestSelection.Files(List<String> paths) -> {
        argv.addAll(arguments.stream().filter(a -> a.startsWith("-") || a.equals("run")).toList());
        argv.addAll(NodeProject.arguments(paths));
      }
    }
    argv.addAll(
        switch (tool) {
          case "vitest" -> List.of("--reporter=json", "--outputFile=" + report);
          case "jest" -> List.of("--ci", "--json", "--outputFile=" + report);
          default -> List.of("--reporter=json", "--reporter-option=output=" + report);
        });
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("NO_COLOR", "1");
    return Invocation.of(argv, variables, readOnly);
  }

  @Override
  public Report report(RunPlace place, CommandResult result) {
    Path file = place.reports().resolve(REPORT);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Report.cutOff(List.of(), tool + " ended before it wrote its report");
    }
    try {
      String text =
          new String(ReportFiles.read(file, ReportFiles.MAX_BYTES), StandardCharsets.UTF_8);
      JsonNode root = Json.mapper().readTree(text);
      return tool.equals("mocha") ? mocha(root, place.workspace()) : jest(root, place.workspace());
    } catch (ReportFiles.Unbelievable e) {
      return Report.suspicious(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Report.cutOff(List.of(), "the report of " + tool + " is not complete");
    }
  }

  /** jest and vitest write the same form. */
  private static Report jest(JsonNode root, Path workspace) {
    List<TestResult> results = new ArrayList<>();
    Set<String> notLoaded = new HashSet<>();
    for (JsonNode file : root.path("testResults")) {
      String path = relative(file, "name", workspace);
      for (JsonNode test : file.path("assertionResults")) {
        String message = test.path("failureMessages").path(0).asText("");
        TestStatus status =
            switch (JsonLines.text(test, "status")) {
              case "passed" -> TestStatus.PASSED;
              case "failed" -> failure(message);
              default -> TestStatus.SKIPPED;
            };
        results.add(
            result(path + "::" + JsonLines.text(test, "fullName").strip(), status, message));
      }
      if (file.path("assertionResults").isEmpty()
          && JsonLines.text(file, "status").equals("failed")) {
        notLoaded.add(path);
        results.add(result(path, TestStatus.ERROR, JsonLines.text(file, "message")));
      }
    }
    return Report.complete(results, notLoaded);
  }

  private static Report mocha(JsonNode root, Path workspace) {
    List<TestResult> results = new ArrayList<>();
    Set<String> pending = new HashSet<>();
    root.path("pending").forEach(test -> pending.add(JsonLines.text(test, "fullTitle")));
    List<JsonNode> tests = new ArrayList<>();
    root.path("tests").forEach(tests::add);
    // a hook that failed stands only here
    root.path("failures").forEach(tests::add);
    for (JsonNode test : tests) {
      String title = JsonLines.text(test, "fullTitle");
      String message = JsonLines.text(test.path("err"), "message");
      boolean failed = !test.path("err").isEmpty();
      TestStatus status =
          failed
              ? failure(
                  JsonLines.text(test.path("err"), "stack")
                      + JsonLines.text(test.path("err"), "name"))
              : pending.contains(title) ? TestStatus.SKIPPED : TestStatus.PASSED;
      results.add(result(relative(test, "file", workspace) + "::" + title, status, message));
    }
    return Report.complete(results, Set.of());
  }

  private static TestStatus failure(String coloured) {
    String message = COLOUR.matcher(coloured).replaceAll("");
    return message.contains("AssertionError") || message.contains("expect(")
        ? TestStatus.FAILED
        : TestStatus.ERROR;
  }

  private static String relative(JsonNode node, String field, Path workspace) {
    return JsonLines.text(node, field).replace(workspace + "/", "");
  }

  private static TestResult result(String id, TestStatus status, String message) {
    return new TestResult(
        Excerpt.ofId(id), status, status == TestStatus.PASSED ? "" : Excerpt.ofMessage(message));
  }

  @Override
  public Optional<Explanation> explain(String output, Report report, int exitStatus) {
    if (!report.results().isEmpty()) {
      return Optional.empty();
    }
    // mocha loads all files before it runs any, and reports nothing when one does not load
    Matcher load = NOT_LOADED.matcher(output);
    if (tool.equals("mocha") && load.find()) {
      return Optional.of(
          new Explanation(
              TestRun.Verdict.COMPILE_FAILED,
              "a test file does not load: " + Excerpt.firstLine(load.group(1))));
    }
    return output.contains("No test files found") || output.contains("No tests found")
        ? Optional.of(new Explanation(TestRun.Verdict.NO_TESTS, tool + " found no test files"))
        : Optional.empty();
  }
}
