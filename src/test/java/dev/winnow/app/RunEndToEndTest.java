package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** From the command line to the branch, on repositories with scripted agents. */
@Order(0) // the longest
class RunEndToEndTest {

  private static TestCommandLine winnow;

  @BeforeAll
  static void create() throws IOException {
    winnow = TestCommandLine.create();
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static FixtureRepository fixture(String name) throws IOException {
    return FixtureRepository.create(name, winnow.newDirectory());
  }

  private static TestCommandLine.Result run(FixtureRepository fixture, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("run", "--json", "--repo", fixture.directory().toString(), "--task"));
    args.add(fixture.task());
    args.addAll(List.of(more));
    return winnow.run(args.toArray(String[]::new));
  }

  private static String agents(FixtureRepository fixture, String... scripts) {
    return String.join(",", Arrays.stream(scripts).map(fixture::agent).toList());
  }

  private static List<String> notices(TestCommandLine.Result result) {
    return result.lines().stream()
        .filter(line -> line.path("type").asText().equals("notice"))
        .map(line -> line.path("text").asText())
        .toList();
  }

  private static List<String> vetoes(JsonNode result, int candidate) {
    return StreamSupport.stream(
            result.path("candidates").path(candidate).path("vetoes").spliterator(), false)
        .map(veto -> veto.path("class").asText())
        .toList();
  }

  @Test
  void theRightOneWinsAndNothingOfTheUserIsChangedButANewBranch() throws IOException {
    FixtureRepository python = fixture("python-unittest");
    Path repository = python.directory();
    Files.writeString(repository.resolve("roman.py"), "# stashed\n");
    git(repository, "stash");
    git(repository, "branch", "other");
    git(repository, "tag", "-m", "a tag", "v1");
    Files.writeString(repository.resolve("untracked.txt"), "mine");
    Files.writeString(repository.resolve("staged.txt"), "staged");
    git(repository, "add", "staged.txt");
    RepositoryState before = RepositoryState.of(repository);

    TestCommandLine.Result result =
        run(
            python,
            "--agents",
            agents(python, "subtle", "right", "cheat"),
            "--tester",
            python.agent("tester"));

    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode last = result.last();
    assertThat(last.fieldNames())
        .toIterable()
        .contains("type", "run", "outcome", "winner", "branch", "decision", "candidates", "cost");
    assertThat(last.path("type").asText()).isEqualTo("result");
    assertThat(last.path("outcome").asText()).isEqualTo("accepted");
    assertThat(last.path("winner").path("candidate").asText()).isEqualTo("c2");
    assertThat(last.path("decision").fieldNames())
        .toIterable()
        .contains("rule", "rationale", "confidence");
    assertThat(vetoes(last, 0)).isEmpty();
    assertThat(vetoes(last, 1)).isEmpty();
    assertThat(vetoes(last, 2)).contains("tamper");
    assertThat(last.path("candidates").path(2).path("vetoes").path(0).path("reason").asText())
        .contains("test_refuses_zero");
    assertThat(notices(result)).anyMatch(text -> text.contains("2 uncommitted files are left out"));

    assertThat(RepositoryState.of(repository)).isEqualTo(before);
    String branch = last.path("branch").asText();
    assertThat(git(repository, "show", branch + ":roman.py")).contains("def from_roman");
    assertThat(git(repository, "diff", "--name-only", "main", branch))
        .isEqualTo("roman.py\ntests/test_from_roman.py");
    assertThat(git(repository, "rev-parse", branch + "~1"))
        .isEqualTo(git(repository, "rev-parse", "main"));
    keepsEveryCandidate(last.path("run").asText());
    showsTheRunAgain(last);
  }

  private static void keepsEveryCandidate(String run) throws IOException {
    try (var mirrors = Files.newDirectoryStream(winnow.data().resolve("mirrors"), "*.git")) {
      List<String> refs = new ArrayList<>();
      for (Path mirror : mirrors) {
        git(mirror, "for-each-ref", "--format=%(refname)", "refs/winnow/" + run)
            .lines()
            .forEach(refs::add);
      }
      String prefix = "refs/winnow/" + run;
      assertThat(refs).contains(prefix + "/c1", prefix + "/c2", prefix + "/c3");
    }
  }

  private static void showsTheRunAgain(JsonNode result) {
    String id = result.path("run").asText();
    TestCommandLine.Result shown = winnow.run("runs", "show", id);
    assertThat(shown.exitCode()).isZero();
    assertThat(shown.out()).contains("c2 (right) wins", "merge it:", "tamper");
    assertThat(winnow.run("runs", "show", "--json", id).last().path("outcome").asText())
        .isEqualTo("accepted");
    assertThat(winnow.run("runs", "diff", id).out()).contains("+def from_roman");
    assertThat(winnow.run("runs", "diff", "--json", id, "c3").last().path("diff").asText())
        .contains("unittest.skip");
    assertThat(winnow.run("runs", "diff", id, "c9").err())
        .contains("has no candidate 'c9'; it has c1, c2, c3.");
    TestCommandLine.Result watched = winnow.run("runs", "watch", "--json", id);
    assertThat(watched.exitCode()).isZero();
    assertThat(watched.last()).isEqualTo(result);
    assertThat(winnow.run("runs", "watch", id).err()).contains("Run accepted");
    TestCommandLine.Result again = winnow.run("runs", "rejudge", "--json", id);
    assertThat(again.exitCode()).isZero();
    assertThat(again.last().path("notices").toString()).doesNotContain("the rules have changed");
    TestCommandLine.Result list = winnow.run("runs", "list", "--json");
    assertThat(list.lines()).anyMatch(line -> line.path("run").asText().equals(id));
    assertThat(winnow.run("runs", "list").out()).contains(id + "  ").contains("  accepted");
  }

  @Test
  void onAMavenRepositoryWithModulesTheCheatIsOutForItsReason() throws IOException {
    FixtureRepository maven = fixture("maven-multi");
    RepositoryState before = RepositoryState.of(maven.directory());
    TestCommandLine.Result result =
        run(maven, "--agents", agents(maven, "right", "subtle", "cheat"));
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    JsonNode last = result.last();
    assertThat(last.path("winner").path("candidate").asText()).isEqualTo("c1");
    assertThat(vetoes(last, 0)).isEmpty();
    assertThat(vetoes(last, 1)).isEmpty();
    assertThat(vetoes(last, 2)).contains("tamper", "regression");
    assertThat(last.path("candidates").path(2).path("vetoes").toString())
        .contains("disables or skips the existing test countsAcrossTabsAndLines");
    assertThat(last.path("candidates").path(1).path("passed").asInt())
        .isLessThan(last.path("candidates").path(1).path("counted").asInt());
    assertThat(RepositoryState.of(maven.directory())).isEqualTo(before);
  }

  @Test
  void whenAllAreWrongThereIsNoBranchAndTheExitCodeIsOne() throws IOException {
    FixtureRepository node = fixture("node-test");
    RepositoryState before = RepositoryState.of(node.directory());
    TestCommandLine.Result result =
        run(node, "--agents", agents(node, "wrong-own", "wrong-regression", "cheat"));
    assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
    JsonNode last = result.last();
    assertThat(last.path("outcome").asText()).isEqualTo("none");
    assertThat(last.path("winner").isNull()).isTrue();
    assertThat(last.path("branch").isNull()).isTrue();
    assertThat(vetoes(last, 0)).contains("own-tests-failed");
    assertThat(vetoes(last, 1)).contains("regression");
    assertThat(vetoes(last, 2)).contains("tamper");
    assertThat(RepositoryState.of(node.directory())).isEqualTo(before);
    assertThat(git(node.directory(), "branch", "--list", "winnow/*")).isEmpty();
    assertThat(winnow.run("runs", "diff", last.path("run").asText()).err())
        .contains("has no winner");
  }

  @Test
  void aDetachedHeadIsABaseAndNothingIsDeliveredWithoutABranch() throws IOException {
    FixtureRepository node = fixture("node-test");
    git(node.directory(), "checkout", "-q", "--detach");
    TestCommandLine.Result result =
        run(node, "--agents", agents(node, "right"), "--apply", "none", "--base", "HEAD");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.last().path("winner").path("candidate").asText()).isEqualTo("c1");
    assertThat(result.last().path("branch").isNull()).isTrue();
    assertThat(git(node.directory(), "for-each-ref", "refs/heads/winnow")).isEmpty();
  }

  @Test
  void uncommittedWorkIsTakenInWhenAskedForAndOtherwiseNot() throws IOException {
    FixtureRepository python = fixture("python-unittest");
    Path repository = python.directory();
    String first = git(repository, "rev-parse", "HEAD");
    Files.writeString(repository.resolve("tests/test_new.py"), newTest(""));
    git(repository, "add", "-A");
    git(repository, "commit", "-q", "-m", "broken");
    Files.writeString(
        repository.resolve("tests/test_new.py"), newTest("        self.fail('not yet')\n"));
    TestCommandLine.Result taken =
        run(python, "--agents", agents(python, "right"), "--include-uncommitted");
    assertThat(taken.exitCode()).as(taken.err()).isZero();
    // the failing test of the uncommitted file is listed and counts for nobody
    assertThat(notices(taken)).anyMatch(text -> text.contains("test_new.py"));
    String branch = taken.last().path("branch").asText();
    assertThat(git(repository, "show", branch + ":tests/test_new.py")).contains("not yet");
    assertThat(git(repository, "status", "--short")).isEqualTo("M tests/test_new.py");

    TestCommandLine.Result older =
        run(python, "--agents", agents(python, "right"), "--base", first);
    assertThat(older.exitCode()).as(older.err()).isZero();
    assertThat(
            git(repository, "ls-tree", "-r", "--name-only", older.last().path("branch").asText()))
        .doesNotContain("test_new.py");
  }

  private static String newTest(String body) {
    return "import unittest\n\nclass NewTest(unittest.TestCase):\n    def test_new(self):\n"
        + "        pass\n"
        + body;
  }

  @Test
  void anOwnTestCommandWithReportsIsARunner() throws IOException {
    FixtureRepository python = fixture("python-unittest");
    Path repository = python.directory();
    Files.writeString(repository.resolve("check.py"), CHECK);
    git(repository, "add", "-A");
    git(repository, "commit", "-q", "-m", "a test command of its own");
    TestCommandLine.Result result =
        run(
            python,
            "--agents",
            agents(python, "right", "wrong-regression"),
            "--test-command",
            "python3 check.py",
            "--junit",
            "out/*.xml");
    assertThat(result.exitCode()).as(result.last().toString()).isZero();
    assertThat(result.last().path("winner").path("candidate").asText()).isEqualTo("c1");
    assertThat(vetoes(result.last(), 1)).contains("regression");
  }

  private static final String CHECK =
      """
      import os, sys, unittest
      from xml.sax.saxutils import quoteattr

      class Result(unittest.TestResult):
          def __init__(self):
              super().__init__()
              self.lines = []
          def add(self, test, inner):
              name = test.id()
              self.lines.append("<testcase classname=%s name=%s>%s</testcase>" % (
                  quoteattr(name.rpartition(".")[0]), quoteattr(name.rpartition(".")[2]), inner))
          def addSuccess(self, test):
              self.add(test, "")
          def addFailure(self, test, err):
              super().addFailure(test, err)
              self.add(test, "<failure message=%s/>" % quoteattr(str(err[1])))
          def addError(self, test, err):
              super().addError(test, err)
              self.add(test, "<error message=%s/>" % quoteattr(str(err[1])))

      result = Result()
      unittest.defaultTestLoader.discover(".").run(result)
      os.makedirs("out", exist_ok=True)
      with open("out/report.xml", "w") as out:
          out.write("<testsuite name='all'>" + "".join(result.lines) + "</testsuite>")
      sys.exit(0 if result.wasSuccessful() else 1)
      """;
}
