package dev.winnow.evidence;

import dev.winnow.Cancellation;
import dev.winnow.Ids;
import dev.winnow.WinnowException;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.evidence.runner.MustFail;
import dev.winnow.evidence.runner.PreparedRunner;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestRunner;
import dev.winnow.evidence.runner.TestSelection;
import dev.winnow.telemetry.Metrics;
import dev.winnow.telemetry.Span;
import dev.winnow.workspace.FileChange;
import dev.winnow.workspace.FullDisk;
import dev.winnow.workspace.Mirror;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.Workspace;
import dev.winnow.workspace.WorkspaceFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Runs tests on trees that Winnow composed, each run in a fresh workspace. The same tests on the
 * same tree run once: results are journalled under their content. Thread-safe.
 */
public final class TestBench {

  /** Thrown through the journal, so that a run that says nothing about the code is not recorded. */
  private static final class Inconclusive extends RuntimeException {
    private final transient TestRun run;

    Inconclusive(TestRun run) {
      super(run.reason());
      this.run = run;
    }
  }

  private record Input(String tree, List<String> selection, int run) {}

  private final Mirror mirror;
  private final Sandbox sandbox;
  private final PreparedRunner runner;
  private final Path workDirectory;
  private final CheckpointManager steps;
  private final Duration wall;
  private final Semaphore permits;
  private final Map<String, ReentrantLock> running = new ConcurrentHashMap<>();

  /**
   * @param workDirectory where workspaces are created, one directory for each test run
   * @param parallelism test runs at the same time
   * @param wall of one test run
   */
  public TestBench(
      Mirror mirror,
      Sandbox sandbox,
      PreparedRunner runner,
      Path workDirectory,
      CheckpointManager steps,
      int parallelism,
      Duration wall) {
    this(mirror, sandbox, runner, workDirectory, steps, new Semaphore(parallelism, true), wall);
  }

  /**
   * The same where several runs share a machine.
   *
   * @param permits one for each test run at the same time
   */
  public TestBench(
      Mirror mirror,
      Sandbox sandbox,
      PreparedRunner runner,
      Path workDirectory,
      CheckpointManager steps,
      Semaphore permits,
      Duration wall) {
    this.mirror = mirror;
    this.sandbox = sandbox;
    this.runner = runner;
    this.workDirectory = workDirectory;
    this.steps = steps;
    this.wall = wall;
    this.permits = permits;
  }

  public TestRunner runner() {
    return runner.runner();
  }

  public Mirror mirror() {
    return mirror;
  }

  /** The recorded or new result of these tests on this tree. */
  public TestRun run(String codeTree, TestSelection selection, Cancellation cancellation) {
    return rerun(0, codeTree, selection, cancellation);
  }

  /** The n-th repetition of the same tests on the same tree, from 1; also recorded. */
  public TestRun rerun(int n, String codeTree, TestSelection selection, Cancellation cancellation) {
    List<String> chosen =
        switch (selection) {
          case TestSelection.All() -> List.of();
          case TestSelection.Files(var paths) -> paths;
        };
    String key = "tests/" + codeTree + "/" + hash(chosen) + (n == 0 ? "" : "/rerun-" + n);
    return recorded(
        key,
        new Input(codeTree, chosen, n),
        () -> conclusive(codeTree, Map.of(), selection, cancellation));
  }

  /** The recorded or new result of tests that must fail, laid over this tree. */
  TestRun run(String codeTree, MustFail tests, int n, Cancellation cancellation) {
    List<String> chosen = new ArrayList<>(tests.select());
    new TreeMap<>(tests.files()).forEach((path, text) -> chosen.add(path + "\n" + text));
    String key = "tests/" + codeTree + "/must-fail/" + hash(chosen) + "/" + n;
    TestSelection selection = new TestSelection.Files(tests.select());
    return recorded(
        key,
        new Input(codeTree, tests.select(), n),
        () -> conclusive(codeTree, tests.files(), selection, cancellation));
  }

  private TestRun recorded(String key, Input input, Supplier<TestRun> work) {
    // two candidates with equal code ask for the same run at the same time
    ReentrantLock once = running.computeIfAbsent(key, k -> new ReentrantLock());
    once.lock();
    try {
      // with an intent: a test run that takes the machine down must not do so for ever
      return steps.step(key, input, TestRun.class, work::get);
    } catch (RuntimeException e) {
      return inconclusive(e).orElseThrow(() -> e);
    } finally {
      once.unlock();
    }
  }

  private TestRun conclusive(
      String codeTree,
      Map<String, String> added,
      TestSelection selection,
      Cancellation cancellation) {
    TestRun run = fresh(codeTree, added, selection, cancellation);
    if (run.verdict() == TestRun.Verdict.COULD_NOT_RUN) {
      run = fresh(codeTree, added, selection, cancellation);
    }
    if (run.verdict() == TestRun.Verdict.COULD_NOT_RUN) {
      throw new Inconclusive(run);
    }
    return BoundRun.of(run);
  }

  private static Optional<TestRun> inconclusive(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Inconclusive inconclusive) {
        return Optional.of(inconclusive.run);
      }
    }
    return Optional.empty();
  }

  private TestRun fresh(
      String codeTree,
      Map<String, String> added,
      TestSelection selection,
      Cancellation cancellation) {
    awaitPermit(cancellation);
    try {
      cancellation.check();
      createWorkDirectory();
      Path directory = workDirectory.resolve("test-" + Ids.next());
      try (Workspace workspace =
          mirror.checkout(codeTree, directory, sandbox, runner.runner().buildOutputs())) {
        for (Map.Entry<String, String> file : added.entrySet()) {
          workspace.files().write(file.getKey(), file.getValue());
        }
        TestRun run = traced(workspace.root(), selection, cancellation);
        cancellation.check();
        if (run.verdict() != TestRun.Verdict.RAN || !run.failing().isEmpty()) {
          FullDisk.check(workDirectory);
        }
        return run;
      }
    } catch (WorkspaceFiles.Refused e) {
      return new TestRun(
          TestRun.Verdict.COULD_NOT_RUN, List.of(), -1, String.valueOf(e.getMessage()), "", 0);
    } finally {
      permits.release();
    }
  }

  private TestRun traced(Path directory, TestSelection selection, Cancellation cancellation) {
    return Span.of("test run")
        .set("winnow.tests.runner", runner().name())
        .call(span -> {
          TestRun run = runner.run(directory, selection, wall, cancellation);
          Metrics.current().testsRun(run.verdict().label());
          span.set("winnow.tests.verdict", run.verdict().label())
              .set("winnow.tests.count", run.results().size())
              .set("winnow.tests.failed", run.failing().size());
          return run;
        });
  }

  /** Open for passing through: sandboxed commands run as another user. */
  private void createWorkDirectory() {
    try {
      Files.createDirectories(workDirectory);
      Files.setPosixFilePermissions(workDirectory, PosixFilePermissions.fromString("rwx--x--x"));
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "Cannot create the directory for test runs %s: %s"
              .formatted(workDirectory, e.getMessage()),
          e);
    }
  }

  /**
   * Whether the base's tests can be run at this moment; not recorded. Tells a machine that broke
   * from a candidate that looks as if it had.
   */
  public boolean stillRuns(String baseTree, Cancellation cancellation) {
    return fresh(baseTree, Map.of(), new TestSelection.All(), cancellation).verdict()
        != TestRun.Verdict.COULD_NOT_RUN;
  }

  /** Wakes up now and then, so that a run that was cancelled does not wait for its turn. */
  private void awaitPermit(Cancellation cancellation) {
    try {
      do {
        cancellation.check();
      } while (!permits.tryAcquire(200, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    }
  }

  /**
   * The candidate's code with the base's tests: every test file is put back to the base's version,
   * test files that the candidate added are left out, and the files of the given set are laid on
   * top. The candidate's build files stay, since a change may need a dependency; a build that drops
   * tests is noticed by their ids.
   */
  public String treeFor(String codeTree, String baseTree, Optional<TestSet> tests) {
    Set<String> removed = new TreeSet<>();
    Set<String> restored = new TreeSet<>();
    for (FileChange change : mirror.changes(baseTree, codeTree)) {
      if (runner().isTestFile(change.path())) {
        if (change.kind() == FileChange.Kind.ADDED) {
          removed.add(change.path());
        } else {
          restored.add(change.path());
        }
      }
    }
    String tree = codeTree;
    if (!removed.isEmpty() || !restored.isEmpty()) {
      tree = mirror.compose(codeTree, removed, baseTree, restored);
    }
    if (tests.isPresent() && !tests.get().files().isEmpty()) {
      TestSet set = tests.get();
      tree = mirror.compose(tree, Set.of(), set.tree(), Set.copyOf(set.files()));
    }
    return tree;
  }

  private static String hash(List<String> selection) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", selection).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
