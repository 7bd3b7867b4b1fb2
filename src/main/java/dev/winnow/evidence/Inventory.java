package dev.winnow.evidence;

import dev.winnow.Cancellation;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestRunner;
import dev.winnow.evidence.runner.TestSelection;
import dev.winnow.evidence.runner.TestStatus;
import java.util.Set;
import java.util.TreeSet;

/**
 * The base's own tests before anybody changed anything.
 *
 * @param passing ids that passed; what a candidate must not break
 * @param excluded ids that failed, were skipped, or gave different results on the same code; they
 *     count for nobody
 * @param notice one line for people when something is unusual, else empty
 */
public record Inventory(
    State state, Set<String> passing, Set<String> excluded, TestRun run, String notice) {

  /** Whether the base's tests can tell a regression. */
  public enum State {
    TESTED,
    /** There are no tests: allowed, only the candidates' own tests decide. */
    NO_TESTS,
    /** The base's tests do not compile, hang, crash or contradict themselves. */
    BROKEN,
    /** Infrastructure: nothing can be said on this machine. */
    COULD_NOT_RUN
  }

  public Inventory {
    passing = java.util.Collections.unmodifiableSet(new TreeSet<>(passing));
    excluded = java.util.Collections.unmodifiableSet(new TreeSet<>(excluded));
  }

  /** Runs the base's tests, and once more when some fail, to tell failing from flaky ones. */
  public static Inventory take(TestBench bench, String baseTree, Cancellation cancellation) {
    TestSelection all = new TestSelection.All();
    TestRun run = bench.run(baseTree, all, cancellation);
    TestRun again =
        run.ran() && !run.failing().isEmpty() ? bench.rerun(1, baseTree, all, cancellation) : run;
    return of(run, again);
  }

  static Inventory of(TestRun run, TestRun again) {
    return switch (run.verdict()) {
      case RAN -> tested(run, again);
      case NO_TESTS ->
          none(
              State.NO_TESTS,
              run,
              "The repository has no tests that its test command runs; only the tests of this run count.");
      case COMPILE_FAILED -> none(State.BROKEN, run, "The base cannot be tested: " + run.reason());
      case TIMEOUT ->
          none(
              State.BROKEN,
              run,
              "The tests of the base do not end: "
                  + run.reason()
                  + ". Give a test command that ends (--test-command), or a later base.");
      case CRASHED, NOT_BELIEVED ->
          none(State.BROKEN, run, "The tests of the base cannot be used: " + run.reason());
      case COULD_NOT_RUN ->
          none(State.COULD_NOT_RUN, run, "The tests of the base could not run: " + run.reason());
    };
  }

  private static Inventory tested(TestRun run, TestRun again) {
    if (run.failing().equals(Set.of(TestRunner.WHOLE_RUN))) {
      return none(
          State.BROKEN,
          run,
          "The test command fails on the base already, and its exit status is all that is known: "
              + "make it pass, or say with --junit where it reports single tests");
    }
    Set<String> passing = run.ids(TestStatus.PASSED);
    if (again.ran()) {
      passing.retainAll(again.ids(TestStatus.PASSED));
    }
    Set<String> excluded = new TreeSet<>();
    run.results().forEach(result -> excluded.add(result.id()));
    excluded.removeAll(passing);
    int failing = run.failing().size();
    String notice =
        failing == 0
            ? ""
            : "%d of %d test%s of the base %s already or %s flaky, and %s for nobody: %s"
                .formatted(
                    failing,
                    run.results().size(),
                    run.results().size() == 1 ? "" : "s",
                    failing == 1 ? "fails" : "fail",
                    failing == 1 ? "is" : "are",
                    failing == 1 ? "counts" : "count",
                    QuoteOutput.some(run.failing()));
    return new Inventory(State.TESTED, passing, excluded, run, notice);
  }

  private static Inventory none(State state, TestRun run, String notice) {
    return new Inventory(state, Set.of(), Set.of(), run, notice);
  }
}
