package dev.winnow.evidence.runner;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gradle, offline and without a daemon. The machine's gradle is used, never a wrapper's download.
 */
final class GradleRunner implements JavaTestRunner {

  private static final Pattern TASK =
      Pattern.compile("Execution failed for task '[^'\\n]{0,300}:(\\w{1,100})'");
  private static final Pattern SOURCE_ERROR =
      Pattern.compile("(?m)^(?:e: )?(?:file://)?(/\\S+\\.(?:java|kt|groovy|scala):.*)$");

  @Override
  public String name() {
    return "gradle";
  }

  @Override
  public boolean isBuildFile(String path) {
    String name = RepositoryPath.name(path);
    return name.endsWith(".gradle")
        || name.endsWith(".gradle.kts")
        || name.equals("gradle.properties")
        || name.startsWith("gradlew")
        || RepositoryPath.below("/" + path, "gradle")
        || RepositoryPath.below("/" + path, "buildSrc")
        || name.equals("junit-platform.properties");
  }

  @Override
  public List<String> buildOutputs() {
    return List.of("build/", ".gradle/");
  }

  @Override
  public List<String> programs() {
    return List.of("java", "gradle");
  }

  @Override
  public List<String> reportGlobs() {
    return List.of("build/test-results/**/*.xml", "**/build/test-results/**/*.xml");
  }

  @Override
  public Invocation tests(RunPlace place, TestSelection selection) {
    List<String> argv = command(place);
    argv.add("--offline");
    argv.add("cleanTest");
    argv.add("test");
    switch (selection) {
      case TestSelection.All() -> {}
      case TestSelection.Files(List<String> paths) -> {
        argv.add("--init-script");
        argv.add(place.scripts().resolve("gradle-init.gradle").toString());
        for (String type : JavaBuild.classes(paths)) {
          argv.add("--tests");
          argv.add(type);
        }
      }
    }
    // Gradle writes locks into its home, so the cache is copied to where it may: not to /tmp, which
    // is the machine's where the sandbox has no file system of its own
    List<String> copied = new ArrayList<>();
    copied.add("/bin/sh");
    copied.add("-c");
    copied.add(
        "export GRADLE_USER_HOME=\"$TMPDIR/gradle-home\"; if [ -d \"$0\" ]; then cp -r \"$0\""
            + " \"$GRADLE_USER_HOME\"; fi; exec \"$@\"");
    copied.add(cache(place).toString());
    copied.addAll(argv);
    List<Path> readOnly = mounts(place);
    if (Files.isDirectory(cache(place))) {
      readOnly.add(cache(place));
    }
    return Invocation.of(copied, environment(place), readOnly);
  }

  @Override
  public Optional<Invocation> preparation(RunPlace place) {
    List<String> argv = command(place);
    argv.add("testClasses");
    Map<String, String> environment = environment(place);
    environment.put("GRADLE_USER_HOME", cache(place).toString());
    Invocation resolve =
        new Invocation(argv, "", environment, mounts(place), List.of(cache(place)), () -> {});
    return Optional.of(place.tools().network().around(resolve, place));
  }

  private static Map<String, String> environment(RunPlace place) {
    Map<String, String> environment = JavaBuild.environment(place);
    environment.put("JAVA_OPTS", JavaBuild.TOOL_OPTIONS);
    return environment;
  }

  private static Path cache(RunPlace place) {
    return place.caches().resolve("gradle");
  }

  private static List<String> command(RunPlace place) {
    return new ArrayList<>(
        List.of(
            place.tools().need("gradle").toString(),
            "--no-daemon",
            "--console=plain",
            "--continue"));
  }

  private static List<Path> mounts(RunPlace place) {
    return new ArrayList<>(JavaBuild.mounts(place, place.tools().need("gradle")));
  }

  @Override
  public Optional<Explanation> explain(String output, Report report, int exitStatus) {
    int failure = Math.max(0, output.lastIndexOf("What went wrong:"));
    String end = output.substring(failure);
    if (end.contains("Could not resolve") || end.contains("No cached version of")) {
      String line = end.lines().filter(l -> l.contains("Could not resolve")).findFirst().orElse("");
      return say(TestRun.Verdict.COULD_NOT_RUN, "unresolved dependency: " + line.strip());
    }
    if (end.contains("No tests found for given includes")) {
      return say(TestRun.Verdict.NO_TESTS, "no test of the selected files was found");
    }
    Matcher task = TASK.matcher(end);
    if (task.find()) {
      String name = task.group(1);
      if (name.startsWith("compile")) {
        boolean tests = name.contains("Test");
        Matcher error = SOURCE_ERROR.matcher(output);
        String where = error.find() ? error.group(1) : "task " + name;
        int sources = where.indexOf("/src/");
        return say(
            TestRun.Verdict.COMPILE_FAILED,
            (tests ? "the tests do not compile: " : "the code does not compile: ")
                + where.substring(sources < 0 ? 0 : sources + 1));
      }
      if (end.contains("finished with non-zero exit value") || end.contains("unexpected exit")) {
        return say(TestRun.Verdict.CRASHED, "the test process ended early");
      }
      return Optional.empty();
    }
    return failure > 0 && report.results().isEmpty()
        ? say(
            TestRun.Verdict.COMPILE_FAILED,
            "the build cannot be read: " + end.lines().skip(1).findFirst().orElse("").strip())
        : Optional.empty();
  }

  private static Optional<Explanation> say(TestRun.Verdict verdict, String reason) {
    return Optional.of(new Explanation(verdict, Excerpt.firstLine(reason)));
  }
}
