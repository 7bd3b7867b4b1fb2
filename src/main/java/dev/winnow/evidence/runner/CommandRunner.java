package dev.winnow.evidence.runner;

import dev.winnow.workspace.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The user's own test command. With a glob its JUnit files are the report; without one the whole
 * command is a single test, passed when its exit status is 0.
 */
final class CommandRunner implements TestRunner {

  /** What compilers and build tools say, in the words of the most common ones. */
  private static final Pattern COMPILER =
      Pattern.compile(
          "\\berror TS\\d+:|error: could not compile|\\[build failed\\]|Compilation failed"
              + "|COMPILATION ERROR|\\.java:\\d+: error:|\\.(?:c|cc|cpp|h):\\d+:\\d+: error:"
              + "|undefined reference to");

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
    return id.equals(WHOLE_RUN)
        || TestRunner.super.definedIn(id, path)
        || JavaBuild.definedIn(id, path);
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
    List<Path> mounts = mounts(place);
    caches(place).stream().filter(Files::isDirectory).forEach(mounts::add);
    return Invocation.of(List.of("/bin/sh", "-c", command), environment(place), mounts);
  }

  @Override
  public Optional<Invocation> preparation(RunPlace place) {
    // nobody but the command itself knows what it downloads; that tests of the base fail is no
    // reason to stop, and what could not be resolved shows when the base is tested
    List<String> argv = List.of("/bin/sh", "-c", "(" + command + "\n)\nexit 0");
    // the command may be any program, so it never sees credentials of the user
    ServeLocalRepository local = ServeLocalRepository.withoutCredentials(place.reports());
    Map<String, String> environment = environment(place);
    environment.merge("MAVEN_OPTS", " -Duser.home=" + local.home(place.reports()), String::concat);
    Invocation once =
        new Invocation(argv, "", environment, mounts(place), caches(place), local::close);
    return Optional.of(place.tools().network().aroundAny(once, place));
  }

  /** Where build tools keep what they downloaded; written in the preparation, read by all runs. */
  private static List<Path> caches(RunPlace place) {
    return List.of(place.caches().resolve("maven"), place.caches().resolve("npm-command"));
  }

  private static Map<String, String> environment(RunPlace place) {
    Map<String, String> environment = new HashMap<>(JavaBuild.environment(place));
    environment.put("MAVEN_OPTS", "-Dmaven.repo.local=" + caches(place).get(0));
    environment.put("npm_config_cache", caches(place).get(1).toString());
    return environment;
  }

  private static List<Path> mounts(RunPlace place) {
    List<Path> mounts = new ArrayList<>();
    place.tools().path("java").ifPresent(java -> mounts.addAll(JavaBuild.mounts(place, java)));
    return mounts;
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
      return Report.complete(List.of(new TestResult(WHOLE_RUN, status, message)), Set.of());
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
    if (!report.results().isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = output.lines().filter(l -> !l.isBlank()).toList();
    if (exitStatus == 126 || exitStatus == 127) {
      return Optional.of(
          new Explanation(
              TestRun.Verdict.COULD_NOT_RUN,
              "the test command could not be started: "
                  + (lines.isEmpty() ? command : Excerpt.firstLine(lines.getLast()))));
    }
    // new tests for what is not there yet do not compile, and then no test runs and none reports
    return ExplainMaven.explain(output)
        .filter(why -> why.verdict() == TestRun.Verdict.COMPILE_FAILED)
        .or(() ->
            lines.stream()
                .filter(line -> COMPILER.matcher(line).find())
                .findFirst()
                .map(line ->
                    new Explanation(
                        TestRun.Verdict.COMPILE_FAILED,
                        "the code or the tests do not compile: " + Excerpt.firstLine(line))));
  }
}
