package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.workspace.TestRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users, repositories and agents get wrong: one clear line, and the right exit code. */
@Order(1) // one of the longest
class BadInputTest {

  private static final String OWN_TEST =
      "import unittest\\n\\nclass T(unittest.TestCase):\\n    def test_four(self):\\n"
          + "        from roman import from_roman\\n        self.assertEqual(4, from_roman('IV'))\\n";

  private static TestCommandLine winnow;

  @BeforeAll
  static void create() throws IOException {
    winnow = TestCommandLine.create();
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static FixtureRepository python() throws IOException {
    return FixtureRepository.create("python-unittest", winnow.newDirectory());
  }

  private static TestCommandLine.Result run(Path repository, String agents, String... more) {
    List<String> args =
        new java.util.ArrayList<>(
            List.of("run", "--json", "--repo", repository.toString(), "--task", "Read numerals"));
    args.addAll(List.of("--agents", agents));
    args.addAll(List.of(more));
    return winnow.run(args.toArray(String[]::new));
  }

  private static void refused(TestCommandLine.Result result, String message) {
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).startsWith("winnow: ").contains(message).hasLineCount(1);
    assertThat(result.last().path("type").asText()).isEqualTo("error");
    assertThat(result.last().path("category").asText()).isEqualTo("usage");
    assertThat(result.last().path("message").asText()).contains(message);
    assertThat(result.last().path("exitCode").asInt()).isEqualTo(2);
  }

  @Test
  void whatIsNoUsableRepositoryIsRefused() throws IOException {
    FixtureRepository python = python();
    Path directory = winnow.newDirectory();
    refused(run(directory, python.agent("right")), "is not in a git repository");
    git(directory, "init", "-q");
    refused(run(directory, python.agent("right")), "has no commit yet");
    refused(run(python.directory(), python.agent("right"), "--base", "nosuch"), "is not a commit");
    refused(
        run(python.directory(), python.agent("right"), "--base", "HEAD", "--include-uncommitted"),
        "leave --base out");
  }

  @Test
  void aRepositoryThatExpandsToMillionsOfPathsIsRefused() throws IOException {
    FixtureRepository python = python();
    new TestRepository(python.directory()).bomb(10, 7);
    refused(run(python.directory(), python.agent("right")), "is too large for Winnow");
  }

  @Test
  void aRepositoryWithoutOneClearRunnerIsRefused() throws IOException {
    FixtureRepository python = python();
    Path directory = winnow.newDirectory();
    Files.writeString(directory.resolve("README"), "nothing to test");
    InitRepository.in(directory, "one");
    refused(run(directory, python.agent("right")), "no way to run tests was found");
    Files.writeString(directory.resolve("pom.xml"), "<project/>");
    Files.writeString(
        directory.resolve("package.json"), "{\"scripts\":{\"test\":\"node --test\"}}");
    git(directory, "add", "-A");
    git(directory, "commit", "-q", "-m", "two runners");
    refused(run(directory, python.agent("right")), "choose with --runner maven or --runner node");
    refused(run(directory, python.agent("right"), "--runner", "x"), "unknown runner x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{'                                                          | bad.json:1:2: ",
        "''                                                           | the script is empty",
        "'{\"red\":[{\"calls\":[{\"tool\":\"x\",\"arguments\":{}}]}]}'| unknown tool 'x'; known",
      })
  void aWrongScriptIsNamedWithItsPlace(String script, String message) throws IOException {
    Path file = winnow.newDirectory().resolve("bad.json");
    Files.writeString(file, script);
    TestCommandLine.Result result = run(python().directory(), "scripted:" + file);
    refused(result, message);
    assertThat(result.err()).doesNotContain("REDACTED");
  }

  @Test
  void unknownAgentsAndRunsAreNamed() throws IOException {
    Path repository = python().directory();
    refused(run(repository, "nosuch"), "Unknown agent 'nosuch'");
    refused(run(repository, "scripted:/nosuch.json"), "/nosuch.json does not exist");
    for (String command : List.of("show", "diff", "watch", "rejudge")) {
      refused(winnow.run("runs", command, "--json", "deadbeef"), "No run 'deadbeef'");
    }
  }

  @Test
  void aBareRepositoryGetsABranchToo() throws IOException {
    FixtureRepository python = python();
    Path bare = winnow.newDirectory().resolve("bare.git");
    git(python.directory(), "clone", "-q", "--bare", ".", bare.toString());
    TestCommandLine.Result result = run(bare, python.agent("right"));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(git(bare, "show", result.last().path("branch").asText() + ":roman.py"))
        .contains("from_roman");
  }

  @Test
  void baseTestsThatHangEndTheRunWithTheReason() throws IOException {
    FixtureRepository python = python();
    Files.writeString(
        python.directory().resolve("tests/test_hang.py"),
        """
        import time, unittest
        class HangTest(unittest.TestCase):
            def test_hang(self):
                time.sleep(300)
        """);
    Files.writeString(python.directory().resolve("winnow.yaml"), "limits: {test-time: 2s}\n");
    git(python.directory(), "add", "-A");
    git(python.directory(), "commit", "-q", "-m", "hangs");
    TestCommandLine.Result result = run(python.directory(), python.agent("right"));
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(result.err()).contains("failed: The tests of the base do not end").hasLineCount(1);
    assertThat(result.last().path("outcome").asText()).isEqualTo("failed");
    assertThat(result.last().path("reason").asText()).contains("--test-command");
  }

  @Test
  void aDiskThatIsFullIsSaidInOneLineAndTheRepositoryStaysAsItWas() throws Exception {
    FixtureRepository python = python();
    assertThat(winnow.run("runs", "list").exitCode()).isZero(); // the database runs from here on
    byte[] noise = new byte[4 << 20];
    new java.util.Random(1).nextBytes(noise);
    Files.write(python.directory().resolve("noise.bin"), noise);
    git(python.directory(), "add", "-A");
    git(python.directory(), "commit", "-q", "-m", "noise");
    RepositoryState before = RepositoryState.of(python.directory());
    try (ChildWinnow child =
        ChildWinnow.startWithFilesUpTo(
            1 << 20,
            winnow,
            "run",
            "--json",
            "--repo",
            python.directory().toString(),
            "--task",
            "Read numerals",
            "--agents",
            python.agent("right"))) {
      assertThat(child.finish()).isEqualTo(5);
      assertThat(child.last().path("message").asText())
          .contains("could not write into Winnow's data directory")
          .doesNotContain("\n");
    }
    assertThat(RepositoryState.of(python.directory())).isEqualTo(before);
    assertThat(winnow.leftInWorkDirectory()).isEmpty();
    assertThat(run(python.directory(), python.agent("right")).exitCode()).isZero();
  }

  @Test
  void theTimeLimitOfTheRunEndsItWhereverItIs() throws IOException {
    FixtureRepository python = python();
    Files.writeString(
        python.directory().resolve("tests/test_hang.py"),
        """
        import time, unittest
        class HangTest(unittest.TestCase):
            def test_hang(self):
                time.sleep(300)
        """);
    git(python.directory(), "add", "-A");
    git(python.directory(), "commit", "-q", "-m", "hangs");
    TestCommandLine.Result result =
        run(python.directory(), python.agent("right"), "--max-time", "3s");
    assertThat(result.exitCode()).as(result.out()).isEqualTo(3);
    assertThat(result.err()).contains("The time limit").contains("--max-time").hasLineCount(1);
    assertThat(winnow.leftInWorkDirectory()).isEmpty();
  }

  @Test
  void aRepositoryWithoutTestsIsDecidedByTheNewOnes() throws IOException {
    FixtureRepository python = python();
    git(python.directory(), "rm", "-q", "-r", "tests");
    git(python.directory(), "commit", "-q", "-m", "no tests");
    TestCommandLine.Result result =
        run(python.directory(), python.agent("right"), "--runner", "unittest");
    assertThat(result.out()).contains("The repository has no tests");
    assertThat(result.exitCode()).as(result.out()).isZero();
  }

  /** Scripts whose agents attack, and what becomes of their candidates. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nothing   | 1 |                                   | not-red",
        "exits     | 1 | import os; os._exit(0)            | own-tests-failed",
        "kills     | 1 | import os; os.kill(os.getppid(), 9); os.kill(-1, 9); self.fail('alive') |"
            + " own-tests-failed",
        "prints    | 1 | import sys; [sys.stdout.write('x' * 1048576) for i in range(1024)] |"
            + " own-tests-failed",
        "forks     | 1 | import os; [os.fork() for i in range(1000)] | own-tests-failed",
      })
  void hostileTestsLoseAndNothingElseHappens(
      String name, int exitCode, String statement, String veto) throws IOException {
    Path repository = python().directory();
    Path script = winnow.newDirectory().resolve(name + ".json");
    String red =
        statement == null
            ? ""
            : """
            {"calls": [{"tool": "fs_write_file", "arguments": {"path": "tests/test_own.py",
             "content": "%s        %s\\n"}}]}, {"say": "done"}\
            """
                .formatted(OWN_TEST, statement);
    Files.writeString(script, scriptOf(red, ""));
    RepositoryState before = RepositoryState.of(repository);
    TestCommandLine.Result result = run(repository, "scripted:" + script);
    assertThat(result.exitCode()).as(result.out()).isEqualTo(exitCode);
    assertThat(result.last().path("candidates").path(0).path("vetoes").toString()).contains(veto);
    assertThat(RepositoryState.of(repository)).isEqualTo(before);
    assertThat(winnow.leftInWorkDirectory()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "large | truncate -s 900M a; truncate -s 900M b; truncate -s 900M c; truncate -s 2G d",
        "many  | python3 -c 'for i in range(100000): open(str(i), str(chr(119))).close()'",
      })
  void anAgentThatFillsItsWorkspaceLosesAndNothingElseHappens(String name, String command)
      throws IOException {
    Path repository = python().directory();
    Path script = winnow.newDirectory().resolve(name + ".json");
    String red =
        """
        {"calls": [{"tool": "run_command", "arguments": {"command": "%s"}},
         {"tool": "fs_write_file", "arguments": {"path": "tests/test_own.py",
         "content": "%s"}}]}, {"say": "done"}\
        """
            .formatted(command, OWN_TEST);
    Files.writeString(script, scriptOf(red, ""));
    RepositoryState before = RepositoryState.of(repository);
    TestCommandLine.Result result = run(repository, "scripted:" + script);
    assertThat(result.exitCode()).as(result.out()).isEqualTo(1);
    assertThat(result.last().path("candidates").path(0).path("vetoes").toString())
        .contains("agent-failed");
    assertThat(RepositoryState.of(repository)).isEqualTo(before);
    assertThat(winnow.leftInWorkDirectory()).isEmpty();
  }

  @Test
  void anAgentCannotWriteOutsideOfItsWorkspace() throws IOException {
    Path repository = python().directory();
    Path outside = winnow.newDirectory();
    String attack =
        """
        {"tool": "fs_write_file", "arguments": {"path": "../../escaped", "content": "x"}},
        {"tool": "fs_write_file", "arguments": {"path": "%1$s/escaped", "content": "x"}},
        {"tool": "fs_write_file", "arguments": {"path": ".git/config", "content": "x"}},
        {"tool": "run_command", "arguments": {"command":
          "ln -s %1$s out; ln -s /etc/passwd pw; echo x > %1$s/escaped; echo x > out/escaped"}},
        {"tool": "fs_write_file", "arguments": {"path": "out/escaped", "content": "x"}},
        """
            .formatted(outside);
    Path script = winnow.newDirectory().resolve("outside.json");
    String red =
        """
        {"calls": [{"tool": "fs_write_file", "arguments": {"path": "tests/test_own.py",
         "content": "%s"}}]}, {"say": "done"}\
        """
            .formatted(OWN_TEST);
    Files.writeString(script, scriptOf(red, attack));
    RepositoryState before = RepositoryState.of(repository);
    TestCommandLine.Result result = run(repository, "scripted:" + script);
    assertThat(result.exitCode()).as(result.out()).isZero();
    assertThat(outside).isEmptyDirectory();
    assertThat(RepositoryState.of(repository)).isEqualTo(before);
    assertThat(
            git(repository, "ls-tree", "-r", "--name-only", result.last().path("branch").asText()))
        .isEqualTo(
            ".gitignore\nroman.py\ntests/__init__.py\ntests/test_own.py\ntests/test_roman.py");
  }

  private static String scriptOf(String red, String attack) {
    return """
    {"red": [%s],
     "green": [{"calls": [%s {"tool": "run_command", "arguments": {"command":
       "printf 'def from_roman(text):\\\\n    return 4\\\\n' >> roman.py"}}]}, {"say": "done"}]}
    """
        .formatted(red, attack);
  }

  @Test
  void aDatabaseThatIsNotThereIsToldApart() {
    TestCommandLine.Result result =
        winnow.run(
            Map.of("DATABASE_URL", "postgres://u:secret@127.0.0.1:1/x"), "runs", "list", "--json");
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(result.err()).contains("The database cannot be reached").doesNotContain("secret");
    assertThat(result.last().path("category").asText()).isEqualTo("infrastructure");
  }
}
