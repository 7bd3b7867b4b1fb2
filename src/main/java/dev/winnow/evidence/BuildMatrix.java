package dev.winnow.evidence;

import dev.winnow.Cancellation;
import dev.winnow.Fork;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.evidence.runner.TestRun;
import dev.winnow.evidence.runner.TestSelection;
import dev.winnow.evidence.runner.TestStatus;
import dev.winnow.telemetry.Span;
import dev.winnow.workspace.FileChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs every test set against every candidate's code. N candidates cost N * N runs and N more for
 * the base's tests (and N for independent ones), of which the 2 * N on a candidate's own diagonal
 * are known from its green check.
 */
public final class BuildMatrix {

  /**
   * A candidate that takes part.
   *
   * @param tests its frozen set, or null when it has none
   */
  public record Column(String candidate, String codeTree, @Nullable TestSet tests) {}

  /**
   * @param dropped ids of independent tests that were red for every candidate
   */
  public record Matrix(List<MatrixCell> cells, Set<String> dropped) {
    public Matrix {
      cells = List.copyOf(cells);
      dropped = java.util.Collections.unmodifiableSet(new TreeSet<>(dropped));
    }
  }

  private static final Pattern WORD = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*");

  private final TestBench bench;
  private final Inventory inventory;
  private final Consumer<RunEvent> events;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  public BuildMatrix(TestBench bench, Inventory inventory, Consumer<RunEvent> events) {
    this.bench = bench;
    this.inventory = inventory;
    this.events = events;
  }

  /**
   * @param independent the tester's set, or null
   */
  public Matrix build(
      String baseTree,
      List<Column> columns,
      @Nullable TestSet independent,
      Cancellation cancellation) {
    Set<String> builds = builds(baseTree, columns, cancellation);
    Map<String, Set<String>> words = words(baseTree, columns);
    List<Optional<TestSet>> sets = new ArrayList<>();
    if (!inventory.passing().isEmpty()) {
      sets.add(Optional.empty());
    }
    if (independent != null) {
      sets.add(Optional.of(independent));
    }
    columns.forEach(
        column -> Optional.ofNullable(column.tests()).map(Optional::of).ifPresent(sets::add));
    Set<String> dropped = new TreeSet<>();
    List<List<MatrixCell>> rows =
        Fork.each(
            sets,
            cancellation,
            set ->
                siblings -> {
                  Map<String, SettledRun> runs = runs(baseTree, set, columns, siblings);
                  return finish(set, runs, builds, words, dropped);
                });
    return new Matrix(rows.stream().flatMap(List::stream).toList(), dropped);
  }

  private List<MatrixCell> finish(
      Optional<TestSet> set,
      Map<String, SettledRun> runs,
      Set<String> builds,
      Map<String, Set<String>> words,
      Set<String> dropped) {
    String id = set.map(TestSet::id).orElse(TestSet.BASE);
    ClassifyRow classify =
        new ClassifyRow(
            new ClassifyRow.Row(
                id, set.map(TestSet::files).orElse(List.of()), expected(set, runs), runs, builds),
            (author, candidate, name) ->
                words.getOrDefault(author, Set.of()).contains(name)
                    && !words.getOrDefault(candidate, Set.of()).contains(name),
            bench.runner()::definedIn);
    List<MatrixCell> cells = classify.cells();
    oneAtATime.lock();
    try {
      dropped.addAll(classify.dropped());
      for (MatrixCell cell : cells) {
        events.accept(
            new RunEvent.CellFinished(
                cell.testSet(),
                cell.candidate(),
                cell.outcome().label(),
                cell.reason(),
                (int) cell.passed(),
                (int) cell.failed()));
      }
    } finally {
      oneAtATime.unlock();
    }
    return cells;
  }

  private Map<String, SettledRun> runs(
      String baseTree, Optional<TestSet> set, List<Column> columns, Cancellation cancellation) {
    List<SettledRun> settled =
        Fork.each(
            columns,
            cancellation,
            column ->
                siblings ->
                    Span.of("matrix cell")
                        .set("winnow.matrix.tests", set.map(TestSet::id).orElse(TestSet.BASE))
                        .set("winnow.matrix.candidate", column.candidate())
                        .call(_ -> settle(baseTree, set, column, siblings)));
    Map<String, SettledRun> runs = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      runs.put(columns.get(i).candidate(), settled.get(i));
    }
    return runs;
  }

  private SettledRun settle(
      String baseTree, Optional<TestSet> set, Column column, Cancellation cancellation) {
    String tree = bench.treeFor(column.codeTree(), baseTree, set);
    TestSelection selection =
        set.<TestSelection>map(s -> new TestSelection.Files(s.files()))
            .orElse(new TestSelection.All());
    TestRun first = bench.run(tree, selection, cancellation);
    Set<String> ignored = set.isPresent() ? Set.of() : inventory.excluded();
    List<TestRun> again = new ArrayList<>();
    for (int n = 1; n <= SettledRun.repetitions(first, ignored); n++) {
      again.add(bench.rerun(n, tree, selection, cancellation));
    }
    return SettledRun.of(first, again);
  }

  /** Candidates whose code loads with their own tests or with the base's. */
  private Set<String> builds(String baseTree, List<Column> columns, Cancellation cancellation) {
    List<Boolean> loads =
        Fork.each(
            columns,
            cancellation,
            column ->
                siblings -> {
                  Optional<TestSet> own = Optional.ofNullable(column.tests());
                  if (own.isEmpty() && inventory.passing().isEmpty()) {
                    return false;
                  }
                  String tree = bench.treeFor(column.codeTree(), baseTree, own);
                  TestSelection selection =
                      own.<TestSelection>map(s -> new TestSelection.Files(s.files()))
                          .orElse(new TestSelection.All());
                  return bench.run(tree, selection, siblings).ran();
                });
    Set<String> names = new HashSet<>();
    for (int i = 0; i < columns.size(); i++) {
      if (loads.get(i)) {
        names.add(columns.get(i).candidate());
      }
    }
    return names;
  }

  /** Ids that each run of the row must have executed. */
  private Set<String> expected(Optional<TestSet> set, Map<String, SettledRun> runs) {
    if (set.isEmpty()) {
      return inventory.passing();
    }
    TestSet tests = set.get();
    SettledRun own = runs.get(tests.id());
    if (own != null) {
      return own.run().ran() ? executed(own.run()) : tests.red();
    }
    ReadTree sources = new ReadTree(bench.mirror(), tests.tree(), tests.files());
    return new ExpectIndependent(tests.files(), bench.runner()::definedIn, sources)
        .of(runs.values().stream().map(SettledRun::run).toList());
  }

  static Set<String> executed(TestRun run) {
    Set<String> ids = run.failing();
    ids.addAll(run.ids(TestStatus.PASSED));
    return ids;
  }

  /** All names in the production files that each candidate changed, and the files' own names. */
  private Map<String, Set<String>> words(String baseTree, List<Column> columns) {
    Map<String, Set<String>> words = new TreeMap<>();
    for (Column column : columns) {
      List<String> sources =
          bench.mirror().changes(baseTree, column.codeTree()).stream()
              .filter(change -> change.kind() != FileChange.Kind.DELETED && !change.binary())
              .map(FileChange::path)
              .filter(path -> !bench.runner().isTestFile(path))
              .toList();
      ReadTree files = new ReadTree(bench.mirror(), column.codeTree(), sources);
      Set<String> names = new HashSet<>();
      for (String path : sources) {
        WORD.matcher(files.text(path).orElse(""))
            .results()
            .forEach(word -> names.add(word.group()));
        WORD.matcher(path).results().forEach(word -> names.add(word.group()));
      }
      words.put(column.candidate(), names);
    }
    return words;
  }
}
