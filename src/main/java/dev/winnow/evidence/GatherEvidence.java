package dev.winnow.evidence;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.evidence.CandidateEvidence.DiffSize;
import dev.winnow.evidence.MatrixCell.Outcome;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestSelection;
import dev.winnow.evidence.tamper.FileRules;
import dev.winnow.evidence.tamper.FindTampering;
import dev.winnow.evidence.tamper.TamperFinding;
import dev.winnow.workspace.FileChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts together everything that a decision rests on. */
public final class GatherEvidence {

  /**
   * A candidate at the end of its work.
   *
   * @param agentFailure why there is nothing to judge, or null
   * @param redProblem why its tests were never red, or null
   * @param tests its frozen set, or null
   * @param findings what the green check found
   */
  public record Finished(
      String candidate,
      String agent,
      @Nullable String agentFailure,
      @Nullable String redProblem,
      @Nullable TestSet tests,
      String codeTree,
      List<TamperFinding> findings) {
    public Finished {
      findings = List.copyOf(findings);
    }

    private boolean takesPart() {
      return agentFailure == null && redProblem == null;
    }
  }

  private final TestBench bench;
  private final Inventory inventory;
  private final Consumer<RunEvent> events;

  public GatherEvidence(TestBench bench, Inventory inventory, Consumer<RunEvent> events) {
    this.bench = bench;
    this.inventory = inventory;
    this.events = events;
  }

  /**
   * @param independent the tester's set, red on the base, or null
   */
  public Evidence gather(
      String baseTree,
      List<Finished> candidates,
      @Nullable TestSet independent,
      Cancellation cancellation) {
    List<BuildMatrix.Column> columns =
        candidates.stream()
            .filter(Finished::takesPart)
            .map(c -> new BuildMatrix.Column(c.candidate(), c.codeTree(), c.tests()))
            .toList();
    BuildMatrix.Matrix matrix =
        new BuildMatrix(bench, inventory, events)
            .build(baseTree, columns, independent, cancellation);
    Set<String> passing = new TreeSet<>(inventory.passing());
    Set<String> excluded = new TreeSet<>(inventory.excluded());
    notices(matrix, passing, excluded);
    Set<String> baseFiles = bench.mirror().files(baseTree).keySet();
    Map<String, TamperFinding> unfailing = unfailing(baseTree, columns, matrix, cancellation);
    List<CandidateEvidence> all = new ArrayList<>();
    for (Finished candidate : candidates) {
      all.add(
          candidate(
              candidate,
              baseTree,
              baseFiles,
              matrix,
              Optional.ofNullable(unfailing.get(candidate.candidate())),
              cancellation));
    }
    return new Evidence(
        all, matrix.cells(), passing, excluded, named(independent, matrix), matrix.dropped());
  }

  /** Files that did not load on the base have tests with names only on candidates' code. */
  private @Nullable TestSet named(@Nullable TestSet independent, BuildMatrix.Matrix matrix) {
    if (independent == null) {
      return null;
    }
    Set<String> ids = new TreeSet<>();
    for (MatrixCell cell : matrix.cells()) {
      if (cell.testSet().equals(independent.id())) {
        cell.results().forEach(result -> ids.add(result.id()));
      }
    }
    return GreenCheck.withLoaded(independent, ids, bench.runner());
  }

  /** Only of those whose results could let them win: the others need no further proof. */
  private Map<String, TamperFinding> unfailing(
      String baseTree,
      List<BuildMatrix.Column> columns,
      BuildMatrix.Matrix matrix,
      Cancellation cancellation) {
    List<BuildMatrix.Column> green =
        columns.stream().filter(c -> c.tests() != null && isGreen(c.candidate(), matrix)).toList();
    ProveTestsCanFail prove = new ProveTestsCanFail(bench, baseTree);
    List<Optional<TamperFinding>> found =
        Fork.each(
            green,
            cancellation,
            column ->
                siblings ->
                    prove.find(
                        column.codeTree(), Objects.requireNonNull(column.tests()), siblings));
    Map<String, TamperFinding> byCandidate = new HashMap<>();
    for (int i = 0; i < green.size(); i++) {
      String candidate = green.get(i).candidate();
      found.get(i).ifPresent(finding -> byCandidate.put(candidate, finding));
    }
    return byCandidate;
  }

  private static boolean isGreen(String candidate, BuildMatrix.Matrix matrix) {
    return matrix.cells().stream()
        .filter(cell -> cell.candidate().equals(candidate))
        .filter(cell -> cell.testSet().equals(candidate) || cell.testSet().equals(TestSet.BASE))
        .allMatch(cell -> cell.outcome() == Outcome.PASS);
  }

  private void notices(BuildMatrix.Matrix matrix, Set<String> passing, Set<String> excluded) {
    Set<String> flaky = new TreeSet<>();
    matrix.cells().forEach(cell -> flaky.addAll(cell.flaky()));
    if (!flaky.isEmpty()) {
      events.accept(
          new RunEvent.Notice("Flaky tests, counted for nobody: " + QuoteOutput.some(flaky)));
    }
    if (!matrix.dropped().isEmpty()) {
      events.accept(
          new RunEvent.Notice(
              "Independent tests that are red for every candidate speak against themselves and were"
                  + " dropped: "
                  + QuoteOutput.some(matrix.dropped())));
    }
    for (String id : flaky) {
      if (passing.remove(id)) {
        excluded.add(id);
      }
    }
  }

  private CandidateEvidence candidate(
      Finished candidate,
      String baseTree,
      Set<String> baseFiles,
      BuildMatrix.Matrix matrix,
      Optional<TamperFinding> unfailing,
      Cancellation cancellation) {
    List<FileChange> changes = bench.mirror().changes(baseTree, candidate.codeTree());
    TestSet tests = candidate.tests();
    TestRun own = null;
    List<TestRun> runs = new ArrayList<>();
    if (candidate.takesPart()) {
      if (tests != null) {
        String tree = bench.treeFor(candidate.codeTree(), baseTree, Optional.of(tests));
        own = bench.run(tree, new TestSelection.Files(tests.files()), cancellation);
        runs.add(own);
      }
      if (!inventory.passing().isEmpty()) {
        String tree = bench.treeFor(candidate.codeTree(), baseTree, Optional.empty());
        runs.add(bench.run(tree, new TestSelection.All(), cancellation));
      }
    }
    List<TamperFinding> tamper = new ArrayList<>(candidate.findings());
    unfailing.ifPresent(tamper::add);
    List<String> changed = changes.stream().map(FileChange::path).toList();
    List<String> wanted = new ArrayList<>(changed);
    baseFiles.stream().filter(bench.runner()::isTestFile).forEach(wanted::add);
    FindTampering find =
        new FindTampering(
            FileRules.of(bench.runner()),
            new ReadTree(bench.mirror(), baseTree, wanted),
            new ReadTree(bench.mirror(), candidate.codeTree(), changed));
    tamper.addAll(find.find(changes, baseFiles, symptoms(candidate.candidate(), matrix, runs)));
    for (TamperFinding finding : tamper) {
      events.accept(
          new RunEvent.TamperFound(
              candidate.candidate(), finding.kind().label(), finding.veto(), finding.text()));
    }
    return new CandidateEvidence(
        candidate.candidate(),
        candidate.agent(),
        candidate.agentFailure(),
        candidate.redProblem(),
        own,
        tests,
        candidate.codeTree(),
        diffSize(changes),
        tamper);
  }

  private FindTampering.Symptoms symptoms(
      String candidate, BuildMatrix.Matrix matrix, List<TestRun> runs) {
    // a foreign set that does not fit says nothing about how the process ended
    Set<String> sets = Set.of(candidate, TestSet.BASE, TestSet.TESTER);
    boolean cellMissing =
        matrix.cells().stream()
            .anyMatch(cell ->
                cell.candidate().equals(candidate)
                    && sets.contains(cell.testSet())
                    && cell.outcome() == Outcome.CRASH);
    boolean crashed = runs.stream().anyMatch(r -> r.verdict() == TestRun.Verdict.CRASHED);
    String disbelieved =
        inventory.run().verdict() == TestRun.Verdict.NOT_BELIEVED
            ? ""
            : runs.stream()
                .filter(run -> run.verdict() == TestRun.Verdict.NOT_BELIEVED)
                .map(TestRun::reason)
                .findFirst()
                .orElse("");
    return new FindTampering.Symptoms(cellMissing || crashed, disbelieved);
  }

  private DiffSize diffSize(List<FileChange> changes) {
    int files = 0;
    int added = 0;
    int removed = 0;
    int binary = 0;
    for (FileChange change : changes) {
      if (!bench.runner().isTestFile(change.path())) {
        files++;
        added += change.added();
        removed += change.removed();
        binary += change.binary() ? 1 : 0;
      }
    }
    return new DiffSize(files, added, removed, binary);
  }
}
