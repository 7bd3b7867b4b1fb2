package dev.winnow.evidence;

import com.google.re2j.Pattern;
import dev.winnow.Cancellation;
import dev.winnow.evidence.runner.NamingRule;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestRunner;
import dev.winnow.evidence.runner.TestSelection;
import dev.winnow.workspace.FileChange;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Runs an author's new tests on the base's code: they must fail, and for the right reason. */
public final class RedGate {

  /** A test that no compiler accepts can never become green; better told now. */
  private static final Pattern BROKEN_TEST =
      Pattern.compile(
          "\\bIndentationError\\b|\\bTabError\\b|\\bSyntaxError: (?:invalid|unexpected|unterminated|'|expected|Unexpected|Invalid|Missing|missing)"
              + "|error: ';' expected|reached end of file while parsing|error: illegal start of"
              + "|error: unclosed (?:string|character)|error: class, interface, enum, or record expected");

  private final TestBench bench;
  private final Inventory inventory;

  public RedGate(TestBench bench, Inventory inventory) {
    this.bench = bench;
    this.inventory = inventory;
  }

  /**
   * @param author id of the frozen set: c1, c2, ..., {@code tester}
   * @param candidateTree the author's files; only test files are taken from it
   */
  public RedResult check(
      String author, String baseTree, String candidateTree, Cancellation cancellation) {
    List<String> files = changedTests(baseTree, candidateTree);
    TestRunner runner = bench.runner();
    if (files.isEmpty()) {
      return notRed("No test file was added or changed. " + NamingRule.of(runner.name()), "");
    }
    TestSet set = new TestSet(author, candidateTree, files, Set.of(), false);
    String tree = bench.treeFor(baseTree, baseTree, Optional.of(set));
    TestRun run = bench.run(tree, new TestSelection.Files(files), cancellation);
    RedResult result = judge(run, set, inventory, runner.name());
    // the base ran before: if it still does, the tests are to blame and not the machine
    return result.infrastructure() && bench.stillRuns(baseTree, cancellation)
        ? notRed(result.reason(), result.quoted())
        : result;
  }

  private List<String> changedTests(String baseTree, String candidateTree) {
    return bench.mirror().changes(baseTree, candidateTree).stream()
        .filter(change -> change.kind() != FileChange.Kind.DELETED)
        .filter(change -> change.newMode().startsWith("100"))
        .map(FileChange::path)
        .filter(bench.runner()::isTestFile)
        .sorted()
        .toList();
  }

  static RedResult judge(TestRun run, TestSet set, Inventory inventory, String runnerName) {
    String quoted = QuoteOutput.failures(run);
    boolean loaded = run.ran() || run.verdict() == TestRun.Verdict.COULD_NOT_RUN;
    if (!loaded && BROKEN_TEST.matcher(run.reason() + "\n" + run.output()).find()) {
      return notRed("The new tests have a syntax error: " + run.reason(), quoted);
    }
    return switch (run.verdict()) {
      case RAN -> ran(run, set, inventory, quoted);
      case COMPILE_FAILED -> compile(run, set, inventory, quoted);
      case NO_TESTS ->
          notRed(
              "The test command ran, but no test of %s was executed (%s). %s"
                  .formatted(
                      QuoteOutput.some(set.files()), run.reason(), NamingRule.of(runnerName)),
              quoted);
      case TIMEOUT ->
          notRed(
              "The new tests do not end on the base: "
                  + run.reason()
                  + ". A test must fail by an assertion.",
              quoted);
      case CRASHED ->
          notRed(
              "The test process ended before its report was complete: "
                  + run.reason()
                  + ". A test must fail by an assertion.",
              quoted);
      case NOT_BELIEVED -> notRed("The test report is not believed: " + run.reason(), quoted);
      case COULD_NOT_RUN ->
          new RedResult(false, "The tests could not run: " + run.reason(), quoted, null, true);
    };
  }

  private static RedResult ran(TestRun run, TestSet set, Inventory inventory, String quoted) {
    Set<String> red = run.failing();
    red.removeAll(inventory.excluded());
    Set<String> existing = new TreeSet<>(inventory.passing());
    // an exit status is of the new tests too
    existing.remove(TestRunner.WHOLE_RUN);
    Set<String> changedExisting = new TreeSet<>(red);
    changedExisting.retainAll(existing);
    red.removeAll(existing);
    if (red.isEmpty() && !changedExisting.isEmpty()) {
      return notRed(
          "Only existing tests that you changed fail (%s). Leave them as they are and add new tests for the task."
              .formatted(QuoteOutput.some(changedExisting)),
          quoted);
    }
    if (red.isEmpty()) {
      return notRed(
          "All new tests pass on the code as it is (%s), so they prove nothing: write tests that fail until the task is done."
              .formatted(run.reason()),
          quoted);
    }
    String reason =
        "%d of %d test%s %s"
            .formatted(
                red.size(),
                run.results().size(),
                run.results().size() == 1 ? "" : "s",
                red.size() == 1
                    ? "fails on the base, as it should"
                    : "fail on the base, as they should");
    return new RedResult(
        true, reason, quoted, new TestSet(set.id(), set.tree(), set.files(), red, false), false);
  }

  private static RedResult compile(TestRun run, TestSet set, Inventory inventory, String quoted) {
    if (inventory.run().verdict() == TestRun.Verdict.COMPILE_FAILED) {
      return notRed(
          "The base itself does not compile or load, so red says nothing: " + run.reason(), quoted);
    }
    return new RedResult(
        true,
        "The new tests do not compile or load on the base, as they need what is not there yet",
        quoted,
        new TestSet(set.id(), set.tree(), set.files(), Set.of(), true),
        false);
  }

  private static RedResult notRed(String reason, String quoted) {
    return new RedResult(false, reason, quoted, null, false);
  }
}
