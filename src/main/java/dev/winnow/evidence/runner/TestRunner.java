package dev.winnow.evidence.runner;

import dev.winnow.workspace.CommandResult;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A repository's way to run its tests: Maven, Gradle, node, pytest, ... What belongs to tests and
 * what to the build is decided by path alone. A new runner is one class, one line in {@link
 * DetectRunner}, and passing the shared contract test.
 */
public interface TestRunner {

  /** The id of the one result that stands for all tests: the exit status of a user's command. */
  String WHOLE_RUN = "test-command";

  /** maven, gradle, node, npm, unittest, pytest, go, cargo or command. */
  String name();

  /** Whether a file holds tests or what only tests use (fixtures, test resources). */
  boolean isTestFile(String path);

  /** Whether a file decides which tests run and how: pom.xml, package.json, conftest.py, ... */
  boolean isBuildFile(String path);

  /** Patterns, in the form of a gitignore file, of what building and testing leaves behind. */
  List<String> buildOutputs();

  /**
   * Whether a test with this id can have been defined in this file, as far as the id tells. Most
   * ids are {@code file::name}.
   */
  default boolean definedIn(String id, String path) {
    int end = id.indexOf("::");
    return path.equals(end < 0 ? id : id.substring(0, end));
  }

  /** The programs that it needs, each found by {@link FindTools}. */
  List<String> programs();

  /** The command that runs the tests. */
  Invocation tests(RunPlace place, TestSelection selection);

  /** The command that resolves dependencies; empty when there are none to resolve. */
  Optional<Invocation> preparation(RunPlace place);

  /** Where reports appear in the workspace (globs); emptied before a run. Empty: outside of it. */
  default List<String> reportGlobs() {
    return List.of();
  }

  /** Reads what the run reported. Never throws because of what is in a report. */
  Report report(RunPlace place, CommandResult result);

  /**
   * What the output says about a run that exited with another status than 0; asked only then.
   * Output is hostile text, so nothing good is ever concluded from it.
   */
  Optional<Explanation> explain(String output, Report report, int exitStatus);

  /**
   * Tests that must fail, beside others that run the code under test: where they do not, it is not
   * the tests that decide what is reported.
   *
   * @param others test files with sources; empty for a check that stands on its own
   * @param text reads one of them
   * @param mark a word that is part of every id and that nobody could know before
   * @return empty where there is no way to add them
   */
  default Optional<MustFail> mustFail(
      List<String> others, Function<String, Optional<String>> text, String mark) {
    return Optional.empty();
  }

  /** A verdict that is not RAN, and why, in one line. */
  record Explanation(TestRun.Verdict verdict, String reason) {}
}
