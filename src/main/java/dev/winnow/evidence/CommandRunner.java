package dev.winnow.evidence;

import dev.winnow.workspace.CommandResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The user's own test command. With a glob its JUnit files are the report; without one the whole
 * command is a single test, passed when its exit status is 0.
 */
final class CommandRunner implements TestRunner {

  private static final String ID = "test-command";

  private final String command;
  private final @Nullable String junit;

  CommandRunner(String command, @Nullable String junit) {
    this.command = command;
    this.junit = junit;
  }

  @Override
  public String name() {
    return "command";
  }

  @Override
  public boolean isTestFile(String path) {
    String name = RepositoryPath.name(path).toLowerCase(Locale.ROOT);
    return RepositoryPath.inTestDirectory(path)
        || name.startsWith("test_")
        || name.matches(".*([._-]|\\b)(tests?|spec)\\.\\w+")
        || RepositoryPath.name(path).matches("\\w+Tests?\\.\\w+");
  }

  @Override
  public boolean isBuildFile(String path) {
    String name = RepositoryPath.name(path);
    return name.equals("Makefile")
        || name.equals("CMakeLists.txt")
        || name.endsWith(".gradle")
        || name.equals("pom.xml")
        || name.equals("package.json")
        || PythonTests.isBuildFile(path)
        || command.contains(path);
  }

  @Override
  public List<String> buildOutputs() {
    return junit == null ? List.of() : List.of("/" + junit);
  }

  @Override
  public boolean definedIn(String id, String path) {
    return id.equals(ID) || PythonTests.definedIn(id, path) || JavaBuild.definedIn(id, path);
  }

  @Override
  public List<String> programs() {
    return List.of();
  }

  @Override
  public List<String> reportGlobs() {
    return junit == null ? List.of() : List.of(junit);
  }

  /** The command knows no selection, so it always runs all. */
  @Override
  public Invocation tests(RunPlace place, TestSelection selection) {
    List<Path> mounts =
        place.tools().path("java").map(java -> JavaBuild.mounts(place, java)).orElse(List.of());
    return Invocation.of(List.of("/bin/sh", "-c", command), JavaBuild.environment(place), mounts);
  }

  @Override
  public Optional<Invocation> preparation(RunPlace place) {
    return Optional.empty();
  }

  @Override
  public Report report(RunPlace place, CommandResult result) {
    if (junit != null) {
      return CollectJunit.inWorkspace(place.workspace(), reportGlobs(), CommandRunner::id);
    }
    // 126 and 127: the shell found no program; above 128: a signal
    int exit = result.exitStatus();
    if (exit == 0 || (exit > 0 && exit < 126)) {
      TestStatus status = exit == 0 ? TestStatus.PASSED : TestStatus.FAILED;
      String message = exit == 0 ? "" : "exit status " + exit;
      return Report.complete(List.of(new TestResult(ID, status, message)), Set.of());
    }
    return Report.missing("the command gave no answer");
  }

  private static String id(ReadJunitXml.Case test) {
    return test.file().isEmpty() || test.file().startsWith("/")
        ? CollectJunit.javaId(test)
        : test.file() + "::" + test.name();
  }

  @Override
  public Optional<Explanation> explain(String output, Report report, int exitStatus) {
    boolean missing = (exitStatus == 126 || exitStatus == 127) && report.results().isEmpty();
    List<String> lines = output.lines().filter(l -> !l.isBlank()).toList();
    return missing
        ? Optional.of(
            new Explanation(
                TestRun.Verdict.COULD_NOT_RUN,
                "the test command could not be started: "
                    + (lines.isEmpty() ? command : Excerpt.firstLine(lines.getLast()))))
        : Optional.empty();
  }
}
