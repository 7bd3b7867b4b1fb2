package dev.winnow.evidence.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import dev.winnow.workspace.CommandResult;
import java.io.IOException;
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
import java.util.stream.Stream;

/**
 * {@code node --test}, with a reporter of Winnow's. A second script, loaded into the process of
 * every test file, notices files that end in the middle: node itself takes those for passed.
 */
final class NodeRunner implements NodeTestRunner {

  private static final String REPORT = "node.jsonl";
  private static final String ENDS = "node-ends.jsonl";

  private final List<String> arguments;
  private final Map<String, String> environment;

  /**
   * @param arguments further arguments of {@code node --test} in package.json
   * @param environment what the script sets
   */
  NodeRunner(List<String> arguments, Map<String, String> environment) {
    this.arguments = List.copyOf(arguments);
    this.environment = Map.copyOf(environment);
  }

  @Override
  public String name() {
    return "node";
  }

  @Override
  public List<String> programs() {
    return List.of("node");
  }

  @Override
  public Invocation tests(RunPlace place, TestSelection selection) {
    Path node = place.tools().need("node");
    List<String> argv =
        new ArrayList<>(
            List.of(
                node.toString(),
                "--test",
                "--test-reporter=" + place.scripts().resolve("node-reporter.mjs"),
                "--test-reporter-destination=" + place.reports().resolve(REPORT),
                "--test-reporter=spec",
                "--test-reporter-destination=stdout"));
    switch (selection) {
      case TestSelection.All() -> argv.addAll(arguments);
      case TestSelection.Files(List<String> paths) -> {
        // options such as --import stay, the files are replaced
        argv.addAll(arguments.stream().filter(a -> a.startsWith("--")).toList());
        argv.addAll(NodeProject.arguments(paths));
      }
    }
    Map<String, String> variables = new HashMap<>(environment);
    variables.merge(
        "NODE_OPTIONS",
        "--require=" + place.scripts().resolve("node-preload.cjs"),
        (theirs, ours) -> ours + " " + theirs);
    variables.put("WINNOW_NODE_ENDS", place.reports().resolve(ENDS).toString());
    List<Path> readOnly = new ArrayList<>(place.tools().mounts(List.of(node)));
    readOnly.addAll(NodeProject.link(place));
    return Invocation.of(argv, variables, readOnly);
  }

  /** The others are loaded into the process of these, which then ask for what judges twice. */
  @Override
  public Optional<MustFail> mustFail(
      List<String> others, Function<String, Optional<String>> text, String mark) {
    // what stands behind these characters is another file for import
    List<String> sources =
        NodeProject.arguments(others).stream().filter(p -> !p.matches(".*[%?#\\\\].*")).toList();
    if (sources.isEmpty() && !others.isEmpty()) {
      return Optional.empty();
    }
    String directory = sources.isEmpty() ? "" : RepositoryPath.directory(sources.getFirst());
    String path = (directory.isEmpty() ? "" : directory + "/") + mark + ".test.mjs";
    StringBuilder source = new StringBuilder();
    source.append("import { createRequire } from 'node:module';\n");
    for (String other : sources) {
      String up = "../".repeat((int) path.chars().filter(c -> c == '/').count());
      String quoted = Json.write((up.isEmpty() ? "./" : up) + other);
      source.append("await import(").append(quoted).append(");\n");
    }
    source.append(
        """
        const require = createRequire(import.meta.url);
        const { default: test } = await import('node:test');
        const { default: strict } = await import('node:assert/strict');
        test('%1$s equal', () => strict.equal('a', 'b'));
        test('%1$s deep', () => require('node:assert').deepEqual({ a: 1 }, { a: 2 }));
        test('%1$s ok', () => require('assert').ok(false));
        test('%1$s throws', () => { throw new Error('must fail'); });
        """
            .formatted(mark));
    return Optional.of(new MustFail(Map.of(path, source.toString()), List.of(path), 4));
  }

  @Override
  public Report report(RunPlace place, CommandResult result) {
    return JsonLines.report(
        place.reports().resolve(REPORT), lines -> read(lines, place.reports().resolve(ENDS)));
  }

  private Report read(List<JsonNode> lines, Path ends)
      throws IOException, ReportFiles.Unbelievable {
    Report report = read(lines);
    if (report.state() != Report.State.COMPLETE) {
      return report;
    }
    if (!Files.exists(ends, LinkOption.NOFOLLOW_LINKS)) {
      return report.executed() && hasProcesses()
          ? Report.suspicious("the record of the processes of the test files is gone")
          : report;
    }
    if (replaced(ends)) {
      return Report.suspicious(
          "the code under test replaces parts of the test framework at run time");
    }
    if (cutOff(ends)) {
      return Report.cutOff(
          report.results(), "a test file ended its process before its tests were over");
    }
    return report;
  }

  /** Whether each test file has a process, as is usual; each writes down that it started. */
  private boolean hasProcesses() {
    return Stream.concat(arguments.stream(), environment.values().stream())
        .noneMatch(argument -> argument.contains("-isolation"));
  }

  private static boolean replaced(Path ends) throws IOException, ReportFiles.Unbelievable {
    return JsonLines.read(ends, true).stream()
        .anyMatch(line -> line.path("replaced").asBoolean(false));
  }

  /** Whether some process started and did not end by itself, or ended early with status 0. */
  private static boolean cutOff(Path ends) throws IOException, ReportFiles.Unbelievable {
    Map<Integer, Integer> open = new HashMap<>();
    for (JsonNode line : JsonLines.read(ends, true)) {
      int pid = line.path("pid").asInt();
      if (JsonLines.text(line, "type").equals("file-start")) {
        open.merge(pid, 1, Integer::sum);
        continue;
      }
      open.merge(pid, -1, Integer::sum);
      if (line.path("code").asInt() == 0 && !line.path("natural").asBoolean()) {
        return true;
      }
    }
    return open.values().stream().anyMatch(count -> count > 0);
  }

  private static Report read(List<JsonNode> lines) {
    List<TestResult> results = new ArrayList<>();
    Set<String> files = new HashSet<>();
    List<TestResult> wholeFiles = new ArrayList<>();
    int records = 0;
    int read = 0;
    for (JsonNode line : lines) {
      read++;
      switch (JsonLines.text(line, "type")) {
        case "test" -> {
          records++;
          add(line, results, wholeFiles, files);
        }
        case "end" -> {
          if (line.path("records").asInt(-1) != records || read != lines.size()) {
            return Report.suspicious("the report's last line counts other tests than it lists");
          }
          Set<String> notLoaded = new HashSet<>();
          for (TestResult whole : wholeFiles) {
            if (!files.contains(whole.id())) {
              notLoaded.add(whole.id());
            }
            results.add(whole);
          }
          return Report.complete(results, notLoaded);
        }
        default -> {}
      }
    }
    return Report.cutOff(results, "the test process ended before all tests were over");
  }

  private static void add(
      JsonNode line, List<TestResult> results, List<TestResult> wholeFiles, Set<String> files) {
    String file = JsonLines.text(line, "file");
    JsonNode path = line.path("path");
    boolean passed = line.path("passed").asBoolean();
    String last = path.path(path.size() - 1).asText("");
    if (path.size() == 1 && last.startsWith("/") && last.endsWith("/" + file)) {
      // the file as a whole: it failed to load or to end; a passed one has no tests
      if (!passed) {
        wholeFiles.add(
            new TestResult(
                file, TestStatus.ERROR, Excerpt.ofMessage(JsonLines.text(line, "message"))));
      }
      return;
    }
    files.add(file);
    boolean suite = line.path("suite").asBoolean();
    boolean children = JsonLines.text(line, "failureType").equals("subtestsFailed");
    if (suite && (passed || children)) {
      return;
    }
    List<String> names = new ArrayList<>();
    path.forEach(name -> names.add(name.asText()));
    boolean skipped = line.path("skipped").asBoolean() || line.path("todo").asBoolean();
    TestStatus status =
        skipped
            ? TestStatus.SKIPPED
            : passed
                ? TestStatus.PASSED
                : line.path("assertion").asBoolean() || children
                    ? TestStatus.FAILED
                    : TestStatus.ERROR;
    results.add(
        new TestResult(
            Excerpt.ofId(file + "::" + String.join(" > ", names)),
            status,
            Excerpt.ofMessage(JsonLines.text(line, "message"))));
  }

  @Override
  public Optional<Explanation> explain(String output, Report report, int exitStatus) {
    return NodeProject.explain(output, report);
  }
}
