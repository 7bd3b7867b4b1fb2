package dev.winnow.evidence.tamper;

import dev.winnow.evidence.runner.TestRunner;
import java.util.function.Predicate;

/** What belongs to the tests and what to the build, by path. */
public record FileRules(Predicate<String> tests, Predicate<String> build) {

  public static FileRules of(TestRunner runner) {
    return new FileRules(runner::isTestFile, runner::isBuildFile);
  }

  boolean isTestFile(String path) {
    return tests.test(path);
  }

  boolean isBuildFile(String path) {
    return build.test(path);
  }
}
