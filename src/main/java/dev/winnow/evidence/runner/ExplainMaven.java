package dev.winnow.evidence.runner;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads why a Maven build failed from the errors that it prints last, when no process of a test is
 * alive any more that could print the same.
 */
final class ExplainMaven {

  private static final Pattern GOAL =
      Pattern.compile("Failed to execute goal \\S*?:([\\w.-]+):[^:\\s]+:([\\w-]+)");
  private static final Pattern UNRESOLVED =
      Pattern.compile(
          "Could not resolve dependencies|could not be resolved|Could not (find|transfer) artifact|"
              + "Non-resolvable (parent|import) POM|Cannot access \\S+ .*in offline mode|"
              + "has not been downloaded from it before|Unresolveable build extension");
  private static final Pattern SOURCE_ERROR =
      Pattern.compile("^\\[ERROR\\] (/\\S+\\.(?:java|kt|groovy|scala):.*)$", Pattern.MULTILINE);

  private ExplainMaven() {}

  static Optional<TestRunner.Explanation> explain(String output) {
    int failure = output.lastIndexOf("BUILD FAILURE");
    List<String> errors =
        output
            .substring(Math.max(failure, 0))
            .lines()
            .filter(l -> l.startsWith("[ERROR]"))
            .toList();
    Optional<TestRunner.Explanation> worst = Optional.empty();
    for (String error : errors) {
      Optional<TestRunner.Explanation> one = line(error, output);
      // a missing dependency stops modules that others would have tested: it outweighs
      if (one.isPresent()
          && (worst.isEmpty()
              || one.get().verdict() == TestRun.Verdict.COULD_NOT_RUN
              || (one.get().verdict() == TestRun.Verdict.COMPILE_FAILED
                  && worst.get().verdict() == TestRun.Verdict.CRASHED))) {
        worst = one;
      }
    }
    if (worst.isEmpty() && failure < 0 && output.contains("[ERROR]")) {
      return unread(output);
    }
    return worst;
  }

  private static Optional<TestRunner.Explanation> line(String error, String output) {
    if (UNRESOLVED.matcher(error).find()) {
      return say(TestRun.Verdict.COULD_NOT_RUN, "unresolved dependency: " + shorten(error));
    }
    if (error.contains("No compiler is provided") || error.contains("toolchain definitions")) {
      return say(TestRun.Verdict.COULD_NOT_RUN, shorten(error));
    }
    Matcher goal = GOAL.matcher(error);
    if (!goal.find()) {
      return Optional.empty();
    }
    String plugin = goal.group(1);
    if (plugin.equals("maven-surefire-plugin")) {
      return surefire(error);
    }
    if (plugin.endsWith("compiler-plugin")
        || plugin.contains("kotlin")
        || plugin.contains("scala")) {
      boolean tests = goal.group(2).toLowerCase(java.util.Locale.ROOT).contains("test");
      return say(
          TestRun.Verdict.COMPILE_FAILED,
          (tests ? "the tests do not compile: " : "the code does not compile: ")
              + firstError(output, error));
    }
    return say(
        TestRun.Verdict.COMPILE_FAILED, "the build failed in " + plugin + ": " + shorten(error));
  }

  private static Optional<TestRunner.Explanation> surefire(String error) {
    if (error.contains("There are test failures")) {
      return Optional.empty();
    }
    if (error.contains("No tests")) {
      return say(TestRun.Verdict.NO_TESTS, shorten(error));
    }
    // which goal of which plugin says nothing; the module, and what surefire adds, may
    String where = shorten(error).replaceFirst("^Failed to execute goal .* on project ", "module ");
    return say(
        TestRun.Verdict.CRASHED, "the test process ended early: " + where.replaceFirst(":$", ""));
  }

  /** The project itself could not be read, so no module was built. */
  private static Optional<TestRunner.Explanation> unread(String output) {
    String error =
        output
            .lines()
            .filter(l -> l.startsWith("[ERROR]") || l.startsWith("[FATAL]"))
            .filter(l -> UNRESOLVED.matcher(l).find())
            .findFirst()
            .orElse("");
    return error.isEmpty()
        ? say(
            TestRun.Verdict.COMPILE_FAILED,
            "the build cannot be read: " + firstError(output, first(output)))
        : say(TestRun.Verdict.COULD_NOT_RUN, "unresolved dependency: " + shorten(error));
  }

  private static String first(String output) {
    return output.lines().filter(l -> l.startsWith("[ERROR]")).findFirst().orElse("");
  }

  private static String firstError(String output, String otherwise) {
    Matcher source = SOURCE_ERROR.matcher(output);
    if (!source.find()) {
      return shorten(otherwise);
    }
    String found = source.group(1);
    int sources = found.indexOf("/src/");
    return Excerpt.firstLine(sources < 0 ? found : found.substring(sources + 1));
  }

  private static String shorten(String error) {
    return Excerpt.firstLine(
        error.replace("[ERROR]", "").replaceAll(" -> \\[Help \\d+\\]", "").strip());
  }

  private static Optional<TestRunner.Explanation> say(TestRun.Verdict verdict, String reason) {
    return Optional.of(new TestRunner.Explanation(verdict, reason));
  }
}
