package dev.winnow.http;

import dev.winnow.checkpoint.EventReader;
import dev.winnow.checkpoint.RecordedEvent;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.TestSet;
import dev.winnow.http.RunShapes.CellView;
import dev.winnow.http.RunShapes.Matrix;
import dev.winnow.http.RunShapes.TestSetView;
import dev.winnow.run.CandidateRecord;
import dev.winnow.run.RunRecord;
import dev.winnow.run.RunStore;
import dev.winnow.store.Database;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The matrix: from the evidence once it is there, and from the events of its cells until then. */
final class ShowMatrix {

  private final Database database;

  ShowMatrix(Database database) {
    this.database = database;
  }

  Matrix of(RunRecord run) {
    Evidence evidence = run.evidence();
    return evidence == null ? growing(run) : complete(evidence);
  }

  private static Matrix complete(Evidence evidence) {
    List<TestSetView> sets = new ArrayList<>();
    sets.add(new TestSetView(TestSet.BASE, TestSet.BASE, List.of(), 0));
    if (evidence.independent() != null) {
      sets.add(view(evidence.independent(), TestSet.TESTER));
    }
    for (CandidateEvidence candidate : evidence.candidates()) {
      if (candidate.tests() != null) {
        sets.add(view(candidate.tests(), candidate.agent()));
      }
    }
    return new Matrix(
        true,
        sets,
        evidence.candidates().stream().map(CandidateEvidence::candidate).toList(),
        evidence.cells().stream()
            .map(cell ->
                new CellView(
                    cell.testSet(),
                    cell.candidate(),
                    cell.outcome().label(),
                    cell.reason(),
                    (int) cell.passed(),
                    (int) cell.failed(),
                    cell.flaky().size()))
            .toList(),
        List.copyOf(evidence.dropped()));
  }

  private static TestSetView view(TestSet tests, String author) {
    return new TestSetView(tests.id(), author, tests.files(), tests.red().size());
  }

  private Matrix growing(RunRecord run) {
    Map<String, TestSetView> sets = new LinkedHashMap<>();
    Map<String, CellView> cells = new LinkedHashMap<>();
    for (RecordedEvent recorded : new EventReader(database).read(run.id(), 0, Integer.MAX_VALUE)) {
      if (recorded.event() instanceof RunEvent.CellFinished cell) {
        sets.putIfAbsent(
            cell.testSet(), new TestSetView(cell.testSet(), cell.testSet(), List.of(), 0));
        cells.put(
            cell.testSet() + "/" + cell.candidate(),
            new CellView(
                cell.testSet(),
                cell.candidate(),
                cell.outcome(),
                cell.reason(),
                cell.passed(),
                cell.failed(),
                0));
      }
    }
    return new Matrix(
        false,
        List.copyOf(sets.values()),
        new RunStore(database).candidates(run.id()).stream().map(CandidateRecord::id).toList(),
        List.copyOf(cells.values()),
        List.of());
  }

  RunShapes.Cell cell(RunRecord run, String testSet, String candidate) {
    Evidence evidence = run.evidence();
    if (evidence == null) {
      throw Problem.notFound();
    }
    MatrixCell cell = evidence.cell(testSet, candidate).orElseThrow(Problem::notFound);
    return new RunShapes.Cell(
        cell.testSet(),
        cell.candidate(),
        cell.outcome().label(),
        cell.reason(),
        cell.results(),
        cell.flaky());
  }
}
