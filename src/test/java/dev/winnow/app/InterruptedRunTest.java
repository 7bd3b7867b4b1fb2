package dev.winnow.app;

import static dev.winnow.app.RepositoryState.git;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.store.TestDatabase;
import dev.winnow.workspace.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs in processes of their own that are interrupted, killed, doubled, or lose their database. */
@Order(1) // one of the longest
class InterruptedRunTest {

  /** Long enough that the signal arrives while a test runs; nobody waits for its end. */
  private static final String HANGS = "sleep 300\n";

  private static TestCommandLine winnow;

  @BeforeAll
  static void create() throws IOException {
    winnow = TestCommandLine.create();
  }

  @AfterAll
  static void close() throws IOException {
    winnow.close();
  }

  private static FixtureRepository shell() throws IOException {
    return FixtureRepository.create("shell", winnow.newDirectory());
  }

  /** The right change with a longer comment. */
  private static String atLength(FixtureRepository shell) throws IOException {
    String right = Files.readString(shell.scripts().resolve("right.json"));
    Path script = winnow.newDirectory().resolve("at-length.json");
    String comment = "# The last of the arguments.\\n";
    assertThat(right).contains(comment);
    Files.writeString(script, right.replace(comment, comment + "# It looks at all.\\n"));
    return "scripted:" + script;
  }

  private static FixtureRepository withATestThatHangs() throws IOException {
    FixtureRepository shell = shell();
    Files.writeString(shell.directory().resolve("tests/hang.sh"), HANGS);
    git(shell.directory(), "add", "-A");
    git(shell.directory(), "commit", "-q", "-m", "hangs");
    return shell;
  }

  private static ChildWinnow start(FixtureRepository fixture, String agents, String... more)
      throws IOException {
    return start(Map.of(), fixture, agents, more);
  }

  private static ChildWinnow start(
      Map<String, String> setting, FixtureRepository fixture, String agents, String... more)
      throws IOException {
    return ChildWinnow.start(
        winnow,
        setting,
        fixture.run(
            Stream.concat(Stream.of("--json", "--agents", agents), Stream.of(more))
                .toArray(String[]::new)));
  }

  private static JsonNode inList(String run) {
    return winnow.run("runs", "list", "--json").lines().stream()
        .filter(line -> line.path("run").asText().equals(run))
        .findFirst()
        .orElseThrow();
  }

  /** Processes and temporary directories of this data directory's commands. */
  private static Set<String> traces() throws IOException {
    Set<String> found = new TreeSet<>(winnow.leftInWorkDirectory());
    ProcessHandle.allProcesses()
        .filter(process -> isOurs(process.pid()))
        .forEach(process -> found.add("process " + process.pid()));
    try (Stream<Path> all = Files.walk(winnow.data())) {
      // a directory can go while it is walked only if some command still runs, which is a failure
      all.map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("winnow-command-"))
          .forEach(found::add);
    }
    return found;
  }

  private static boolean isOurs(long pid) {
    try {
      String line = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
      return line.contains(winnow.data() + "/work/");
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INT, prepare, 130",
    "TERM, prepare, 143",
    "INT, independent-tests, 130",
    "INT, candidates, 130",
    "INT, evidence, 130",
    "INT, judge, 130",
  })
  void anInterruptedRunIsCancelledAndLeavesNothing(String signal, String phase, int exitCode)
      throws Exception {
    FixtureRepository shell = phase.equals("prepare") ? withATestThatHangs() : shell();
    RepositoryState before = RepositoryState.of(shell.directory());
    Set<String> traces = traces();
    // beside the same change at length there is a tie, and the judge of it waits
    String agents =
        shell.agent("right")
            + ","
            + (phase.equals("judge") ? atLength(shell) : shell.agent("subtle"));
    Path judge = winnow.newDirectory().resolve("judge.json");
    Files.writeString(
        judge,
        "{\"latencyMs\": 300000, \"verdict\": {\"winner\": 1, \"rationale\": \"it explains\"}}");
    String[] more = {"--tester", shell.agent("tester"), "--judge", "scripted:" + judge};
    try (ChildWinnow child = start(shell, agents, more)) {
      JsonNode event = child.awaitPhase(phase);
      child.signalGroup(signal);
      assertThat(child.finish()).isEqualTo(exitCode);
      assertThat(child.last().path("type").asText()).isEqualTo("result");
      assertThat(child.last().path("outcome").asText()).isEqualTo("cancelled");
      assertThat(inList(event.path("run").asText()).path("outcome").asText())
          .isEqualTo("cancelled");
    }
    assertThat(traces()).isEqualTo(traces);
    assertThat(RepositoryState.of(shell.directory())).isEqualTo(before);
  }

  @Test
  void aRunThatIsInterruptedWhileItDeliversHasABranchExactlyIfItIsAccepted() throws Exception {
    FixtureRepository shell = shell();
    RepositoryState before = RepositoryState.of(shell.directory());
    try (ChildWinnow child = start(shell, shell.agent("right"))) {
      String run = child.awaitPhase("deliver").path("run").asText();
      child.signalGroup("INT");
      int _ = child.finish();
      boolean delivered = inList(run).path("outcome").asText().equals("accepted");
      assertThat(child.last().path("outcome").asText())
          .isEqualTo(delivered ? "accepted" : "cancelled");
      assertThat(git(shell.directory(), "branch", "--list", "winnow/*").lines())
          .hasSize(delivered ? 1 : 0);
      if (!delivered) {
        assertThat(RepositoryState.of(shell.directory())).isEqualTo(before);
      }
    }
  }

  @Test
  void aKilledRunIsShownAsInterruptedAndTheNextOneCleansUp() throws Exception {
    FixtureRepository shell = shell();
    String run;
    try (ChildWinnow child = start(shell, shell.agent("right"))) {
      run = child.awaitPhase("candidates").path("run").asText();
      // another process sees the run while it goes on
      assertThat(inList(run).path("outcome").asText()).isEqualTo("running");
      child.kill();
    }
    assertThat(inList(run).path("outcome").asText()).isEqualTo("interrupted");
    TestCommandLine.Result shown = winnow.run("runs", "show", run);
    assertThat(shown.exitCode()).isZero();
    assertThat(shown.out()).contains("Its process ended before the run did");
    assertThat(winnow.run("runs", "watch", run).exitCode()).isEqualTo(5);
    TestCommandLine.Result next = winnow.run(shell.run("--agents", shell.agent("right")));
    assertThat(next.exitCode()).as(next.err()).isZero();
    assertThat(traces()).noneMatch(name -> name.startsWith(run));
  }

  @ParameterizedTest
  @CsvSource({
    "independent-tests, in the same data directory",
    "candidates, in another one through PostgreSQL",
    "evidence, in another one through a git remote"
  })
  void aKilledRunGoesOnWhenItIsResumedAndRepeatsNothing(String phase, String where)
      throws Exception {
    FixtureRepository shell = shell();
    String agents = shell.agent("right") + "," + shell.agent("subtle");
    Map<String, String> setting = new HashMap<>();
    if (where.contains("another")) {
      setting.put("DATABASE_URL", TestDatabase.urlOf(winnow.data()));
    }
    Path remote = winnow.newDirectory();
    if (where.contains("remote")) {
      git(remote, "init", "-q", "--bare");
      setting.put("WINNOW_SNAPSHOTS", remote.toString());
    }
    String run;
    try (ChildWinnow child = start(setting, shell, agents, "--tester", shell.agent("tester"))) {
      run = child.awaitPhase(phase).path("run").asText();
      child.kill();
    }
    if (where.contains("another")) {
      Path data = winnow.newDirectory();
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
      setting.put("WINNOW_DATA_DIR", data.toString());
      int _ = WorkDirectory.sweep(winnow.data()); // as the next process there does
    }
    TestCommandLine.Result resumed = winnow.run(setting, "runs", "resume", run, "--json");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.last().path("outcome").asText()).isEqualTo("accepted");
    assertThat(resumed.last().path("winner").path("candidate").asText()).isEqualTo("c1");
    List<String> phases =
        resumed.lines().stream().map(line -> line.path("phase").asText("")).toList();
    assertThat(phases.stream().filter(p -> !p.isEmpty()))
        .as("each phase is told once")
        .containsExactly(
            "prepare", "independent-tests", "candidates", "evidence", "judge", "deliver");
    assertThat(winnow.recordedTwice(run)).isEmpty();
    assertThat(git(shell.directory(), "branch", "--list", "winnow/*").lines()).hasSize(1);
    assertThat(traces()).noneMatch(name -> name.startsWith(run));
    if (where.contains("remote")) {
      assertThat(git(remote, "for-each-ref")).contains("/base/", run + "/c1-1", run + "/c2-");
    }
    // done is done
    assertThat(winnow.run("runs", "resume", run).exitCode()).isEqualTo(2);
  }

  /** Three candidates: one waits for its model, one for a command, one for its own test. */
  private static String threeThatWait() throws IOException {
    Path scripts = winnow.newDirectory();
    String call =
        "{\"red\": [{\"calls\": [{\"tool\": \"%s\", \"arguments\": %s}]}, {\"say\": \"x\"}]}";
    Files.writeString(scripts.resolve("model.json"), "{\"latencyMs\": 300000, \"red\": [{}]}");
    Files.writeString(
        scripts.resolve("process.json"),
        call.formatted("run_command", "{\"command\": \"sleep 300\"}"));
    Files.writeString(
        scripts.resolve("test.json"),
        call.formatted(
            "fs_write_file", "{\"path\": \"tests/new.sh\", \"content\": \"sleep 300\"}"));
    return Stream.of("model", "process", "test")
        .map(name -> "scripted:" + scripts.resolve(name + ".json"))
        .collect(Collectors.joining(","));
  }

  private static void awaitStep(String run, String key) {
    while (winnow
        .database()
        .queryOne(
            "select 1 as n from step where run_id::text = ? and state = 'started' and key like ?",
            row -> row.number("n"),
            run,
            key)
        .isEmpty()) {
      ChaosPoint.pause(winnow.database());
    }
  }

  @Test
  void cancellingReachesModelCallsProcessesAndTestsOfAnotherNode() throws Exception {
    FixtureRepository shell = shell();
    Path settings =
        Files.createDirectories(winnow.data().resolveSibling(".config").resolve("winnow"))
            .resolve("winnow.yaml");
    Files.writeString(settings, "limits: {parallelism: 3}\n");
    try {
      TestCommandLine.Result queued =
          winnow.run(shell.run("--detach", "--agents", threeThatWait()));
      assertThat(queued.exitCode()).as(queued.err()).isZero();
      String run = queued.out().strip();
      assertThat(inList(run).path("outcome").asText()).isEqualTo("queued");
      Set<String> before = traces();
      try (ChildWinnow node = ChildWinnow.start(winnow, "node")) {
        awaitStep(run, "c1/red/turn-1/call");
        awaitStep(run, "c2/red/turn-1/files");
        awaitStep(run, "tests/%");
        // each of them would go on for five minutes
        TestCommandLine.Result cancelled = winnow.run("runs", "cancel", run);
        assertThat(cancelled.exitCode()).as(cancelled.err()).isZero();
        assertThat(winnow.run("runs", "watch", run).exitCode()).isEqualTo(130);
        assertThat(inList(run).path("outcome").asText()).isEqualTo("cancelled");
        node.signalGroup("TERM");
        assertThat(node.finish()).isEqualTo(143);
      }
      assertThat(traces()).isEqualTo(before);
    } finally {
      Files.delete(settings);
    }
  }

  @Test
  void twoRunsOnOneRepositoryAtTheSameTimeBothDeliver() throws Exception {
    FixtureRepository shell = shell();
    try (ChildWinnow one = start(shell, shell.agent("right"));
        ChildWinnow two = start(shell, shell.agent("right"))) {
      assertThat(List.of(one.finish(), two.finish())).containsExactly(0, 0);
      for (ChildWinnow child : List.of(one, two)) {
        String branch = child.last().path("branch").asText();
        assertThat(git(shell.directory(), "show", branch + ":words.sh")).contains("last()");
      }
      assertThat(one.last().path("branch")).isNotEqualTo(two.last().path("branch"));
    }
  }

  @Test
  void aDatabaseThatIsKilledInTheMiddleIsStartedAgain() throws Exception {
    FixtureRepository shell = shell();
    try (ChildWinnow child = start(shell, shell.agent("right"))) {
      child.awaitPhase("candidates");
      winnow.killDatabase();
      assertThat(child.finish()).isZero();
      assertThat(child.last().path("outcome").asText()).isEqualTo("accepted");
    }
  }
}
