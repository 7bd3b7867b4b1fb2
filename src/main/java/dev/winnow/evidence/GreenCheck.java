package dev.winnow.evidence;

import dev.winnow.Cancellation;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestRunner;
import dev.winnow.evidence.runner.TestSelection;
import dev.winnow.evidence.runner.TestStatus;
import dev.winnow.evidence.tamper.TamperFinding;
import dev.winnow.evidence.tamper.TamperFinding.Kind;
import dev.winnow.workspace.FileChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Runs an author's own tests and the inventory on the author's code. */
public final class GreenCheck {

  private final TestBench bench;
  private final Inventory inventory;
  private final RedGate redGate;

  public GreenCheck(TestBench bench, Inventory inventory) {
    this.bench = bench;
    this.inventory = inventory;
    this.redGate = new RedGate(bench, inventory);
  }

  /**
   * @param own the set frozen by the last red or green check
   */
  public GreenResult check(
      String baseTree, String codeTree, TestSet own, Cancellation cancellation) {
    List<TamperFinding> findings = new ArrayList<>();
    TestSet frozen = refreeze(baseTree, codeTree, own, findings, cancellation);
    String ownTree = bench.treeFor(codeTree, baseTree, Optional.of(frozen));
    TestRun ownRun = bench.run(ownTree, new TestSelection.Files(frozen.files()), cancellation);
    TestSet tests =
        withLoaded(frozen, ownRun.results().stream().map(TestResult::id).toList(), bench.runner());
    if (ownRun.ran() && !vanished(tests, ownRun, bench.runner()).isEmpty()) {
      // recorded by the red gate: it costs nothing
      TestRun onBase =
          bench.run(
              bench.treeFor(baseTree, baseTree, Optional.of(frozen)),
              new TestSelection.Files(frozen.files()),
              cancellation);
      tests = withAppeared(tests, ownRun, onBase, bench.runner());
    }
    List<String> problems = new ArrayList<>();
    ownProblem(ownRun, tests).ifPresent(problems::add);
    int passed = ownRun.ids(TestStatus.PASSED).size();
    int failed = ownRun.failing().size();
    String quoted = problems.isEmpty() ? "" : QuoteOutput.failures(ownRun);
    boolean infrastructure = ownRun.verdict() == TestRun.Verdict.COULD_NOT_RUN;
    if (!inventory.passing().isEmpty() && !infrastructure) {
      TestRun regression = regression(baseTree, codeTree, cancellation);
      Optional<String> broken = regressionProblem(regression);
      if (broken.isPresent()) {
        problems.add(broken.get());
        quoted = (quoted + "\n\n" + QuoteOutput.failures(regression)).strip();
      }
      Set<String> kept = regression.ids(TestStatus.PASSED);
      kept.retainAll(inventory.passing());
      passed += kept.size();
      failed += inventory.passing().size() - kept.size();
      infrastructure = regression.verdict() == TestRun.Verdict.COULD_NOT_RUN;
    }
    String reason =
        problems.isEmpty() ? "own tests pass, no existing test broke" : String.join("; ", problems);
    return new GreenResult(
        problems.isEmpty(),
        passed,
        failed,
        reason,
        quoted,
        ownRun,
        tests,
        findings,
        infrastructure);
  }

  /** A flaky test of the base must not send an agent to repair what is not broken. */
  private TestRun regression(String baseTree, String codeTree, Cancellation cancellation) {
    String tree = bench.treeFor(codeTree, baseTree, Optional.empty());
    TestRun run = bench.run(tree, new TestSelection.All(), cancellation);
    Set<String> broken = run.failing();
    broken.retainAll(inventory.passing());
    if (!run.ran() || broken.isEmpty()) {
      return run;
    }
    TestRun again = bench.rerun(1, tree, new TestSelection.All(), cancellation);
    Set<String> passedNow = again.ids(TestStatus.PASSED);
    return broken.stream().anyMatch(passedNow::contains) ? again : run;
  }

  private Optional<String> regressionProblem(TestRun run) {
    if (!run.ran()) {
      return Optional.of("the existing tests do not run with this code: " + run.reason());
    }
    Set<String> broken = new TreeSet<>(inventory.passing());
    broken.removeAll(run.ids(TestStatus.PASSED));
    if (broken.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "%d existing test%s no longer pass%s: %s"
            .formatted(
                broken.size(),
                broken.size() == 1 ? "" : "s",
                broken.size() == 1 ? "es" : "",
                QuoteOutput.some(broken)));
  }

  static Optional<String> ownProblem(TestRun run, TestSet tests) {
    if (!run.ran()) {
      return Optional.of("the own tests do not run: " + run.reason());
    }
    if (!run.failing().isEmpty()) {
      return Optional.of(
          "%d own tests fail: %s".formatted(run.failing().size(), QuoteOutput.some(run.failing())));
    }
    Set<String> passed = run.ids(TestStatus.PASSED);
    Set<String> notRun = new TreeSet<>(tests.red());
    notRun.removeAll(passed);
    if (!notRun.isEmpty()) {
      return Optional.of(
          "%d own tests that were red did not run: %s"
              .formatted(notRun.size(), QuoteOutput.some(notRun)));
    }
    return passed.isEmpty() ? Optional.of("no own test ran: " + run.reason()) : Optional.empty();
  }

  /**
   * A file that did not load on the base was red as a whole, under the name of the file; its tests
   * have names only now.
   */
  static TestSet withLoaded(TestSet set, Collection<String> ids, TestRunner runner) {
    Set<String> red = new TreeSet<>();
    for (String id : set.red()) {
      if (set.files().stream().noneMatch(file -> file.equals(id) || file.startsWith(id + "/"))) {
        red.add(id);
        continue;
      }
      set.files().stream()
          .filter(file -> file.equals(id) || file.startsWith(id + "/"))
          .forEach(
              file -> ids.stream().filter(one -> runner.definedIn(one, file)).forEach(red::add));
    }
    return new TestSet(set.id(), set.tree(), set.files(), red, set.compileRed());
  }

  /** Red ids that are gone and that no file of the set can have defined. */
  private static Set<String> vanished(TestSet set, TestRun run, TestRunner runner) {
    Set<String> gone = new TreeSet<>(set.red());
    run.results().forEach(result -> gone.remove(result.id()));
    gone.removeIf(id -> set.files().stream().anyMatch(file -> runner.definedIn(id, file)));
    return gone;
  }

  /**
   * Frameworks behind a user's own command invent a name for what they cannot load, such as {@code
   * unittest.loader._FailedTest}. It is gone when the file loads, and the tests of the file appear.
   */
  static TestSet withAppeared(TestSet set, TestRun run, TestRun onBase, TestRunner runner) {
    Set<String> appeared = new TreeSet<>();
    run.results().forEach(result -> appeared.add(result.id()));
    onBase.results().forEach(result -> appeared.remove(result.id()));
    if (appeared.isEmpty()) {
      return set;
    }
    Set<String> red = new TreeSet<>(set.red());
    red.removeAll(vanished(set, run, runner));
    red.addAll(appeared);
    return new TestSet(set.id(), set.tree(), set.files(), red, set.compileRed());
  }

  private TestSet refreeze(
      String baseTree,
      String codeTree,
      TestSet own,
      List<TamperFinding> findings,
      Cancellation cancellation) {
    List<String> changed = changedTests(codeTree, baseTree, own);
    if (changed.isEmpty()) {
      return own;
    }
    RedResult again = redGate.check(own.id(), baseTree, codeTree, cancellation);
    TestSet set = again.tests();
    if (set == null) {
      if (!again.infrastructure()) {
        findings.add(
            new TamperFinding(
                Kind.OWN_TEST_CHANGED,
                true,
                changed.getFirst(),
                "own tests were changed after they were red, and are not red any more: "
                    + again.reason()));
      }
      return own;
    }
    Set<String> lost = new TreeSet<>(own.red());
    lost.removeAll(set.red());
    boolean shrank = !set.compileRed() && !lost.isEmpty();
    if (shrank || !set.files().containsAll(own.files())) {
      findings.add(
          new TamperFinding(
              Kind.OWN_TEST_CHANGED,
              false,
              changed.getFirst(),
              "own tests were changed after they were red; the rest is red again. Gone: "
                  + (lost.isEmpty() ? "a test file" : QuoteOutput.some(lost))));
    }
    return set;
  }

  /** Own test files that differ from the frozen ones, and test files that are new since then. */
  private List<String> changedTests(String codeTree, String baseTree, TestSet own) {
    Map<String, String> now = bench.mirror().files(codeTree);
    Map<String, String> frozen = bench.mirror().files(own.tree());
    Set<String> changed = new TreeSet<>();
    for (String file : own.files()) {
      if (!String.valueOf(frozen.get(file)).equals(now.get(file))) {
        changed.add(file);
      }
    }
    bench.mirror().changes(baseTree, codeTree).stream()
        .filter(change -> change.kind() != FileChange.Kind.DELETED)
        .map(FileChange::path)
        .filter(bench.runner()::isTestFile)
        .filter(path -> !own.files().contains(path))
        .forEach(changed::add);
    return List.copyOf(changed);
  }
}
