package dev.winnow.app;

import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.MatrixCell;
import dev.winnow.evidence.TestSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tests x candidates as a table, and below it why a cell is not a pass. */
final class RenderMatrix {

  private static final int MOST_REASONS = 12;
  private static final int REASON = 300;
  private static final int WIDEST_CELL = 18;

  private final Evidence evidence;
  private final Style style;
  private final int columns;
  private final String run;

  private RenderMatrix(Evidence evidence, Style style, int columns, String run) {
    this.evidence = evidence;
    this.style = style;
    this.columns = columns;
    this.run = run;
  }

  /**
   * A table when it fits, else one cell a line.
   *
   * @param run names the run to somebody who wants to see more of it
   */
  static List<String> lines(Evidence evidence, Style style, int columns, String run) {
    return new RenderMatrix(evidence, style, columns, run).lines();
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    Map<String, String> rows = rows();
    int first = rows.values().stream().mapToInt(SafeText::columns).max().orElse(0) + 2;
    int cell =
        Math.max(
            10,
            rows.keySet().stream()
                    .flatMap(set -> evidence.candidates().stream().map(c -> text(set, c)))
                    .mapToInt(SafeText::columns)
                    .max()
                    .orElse(0)
                + 2);
    cell = Math.min(WIDEST_CELL, Math.max(cell, headerWidth() + 2));
    if (first + cell * evidence.candidates().size() <= columns) {
      table(rows, first, cell, lines);
    } else {
      list(rows, lines);
    }
    legend(lines);
    reasons(rows, lines);
    return lines;
  }

  /** Test sets in the order in which they are shown, with what they are called. */
  private Map<String, String> rows() {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put(TestSet.BASE, "the repository's tests");
    if (evidence.independent() != null) {
      rows.put(TestSet.TESTER, "independent tests");
    }
    for (CandidateEvidence candidate : evidence.candidates()) {
      if (candidate.tests() != null) {
        rows.put(
            candidate.candidate(),
            "tests of " + RenderReport.who(candidate.candidate(), candidate.agent()));
      }
    }
    rows.keySet()
        .removeIf(set -> evidence.cells().stream().noneMatch(c -> c.testSet().equals(set)));
    return rows;
  }

  private int headerWidth() {
    return evidence.candidates().stream()
        .mapToInt(c -> SafeText.columns(Names.agent(c.agent())))
        .max()
        .orElse(0);
  }

  private void table(Map<String, String> rows, int first, int cell, List<String> lines) {
    StringBuilder ids = new StringBuilder(" ".repeat(first));
    StringBuilder agents = new StringBuilder(" ".repeat(first));
    for (CandidateEvidence candidate : evidence.candidates()) {
      ids.append(SafeText.pad(SafeText.line(candidate.candidate(), cell - 2), cell));
      agents.append(SafeText.pad(SafeText.cut(Names.agent(candidate.agent()), cell - 2), cell));
    }
    lines.add(style.bold(ids.toString().stripTrailing()));
    lines.add(style.bold(agents.toString().stripTrailing()));
    rows.forEach((set, name) -> {
      StringBuilder line = new StringBuilder(SafeText.pad(name, first));
      for (CandidateEvidence candidate : evidence.candidates()) {
        String text = SafeText.cut(text(set, candidate), cell - 2);
        line.append(painted(set, candidate, text))
            .append(" ".repeat(cell - SafeText.columns(text)));
      }
      lines.add(line.toString().stripTrailing());
    });
  }

  private void list(Map<String, String> rows, List<String> lines) {
    int width =
        rows.keySet().stream()
            .flatMap(set -> evidence.candidates().stream().map(c -> text(set, c)))
            .mapToInt(SafeText::columns)
            .max()
            .orElse(0);
    rows.forEach((set, name) -> {
      lines.add(style.bold(SafeText.cut(name, columns)));
      for (CandidateEvidence candidate : evidence.candidates()) {
        String who = RenderReport.who(candidate.candidate(), candidate.agent());
        String text = SafeText.pad(text(set, candidate), width);
        lines.add("  " + painted(set, candidate, text) + "  " + who);
      }
    });
  }

  private String text(String set, CandidateEvidence candidate) {
    Optional<MatrixCell> cell = evidence.cell(set, candidate.candidate());
    if (cell.isEmpty()) {
      return set.equals(candidate.candidate()) ? "own" : "-";
    }
    Marks mark = Marks.of(cell.get().outcome());
    long ran = cell.get().passed() + cell.get().failed();
    String text =
        switch (cell.get().outcome()) {
          case PASS, ASSERTION -> "%d/%d".formatted(cell.get().passed(), ran);
          case COMPILE, TIMEOUT, CRASH, FLAKY, NOT_APPLICABLE, COULD_NOT_RUN -> mark.label();
        };
    String own = set.equals(candidate.candidate()) ? " own" : "";
    return mark.symbol() + " " + text + own;
  }

  private String painted(String set, CandidateEvidence candidate, String text) {
    if (set.equals(candidate.candidate())) {
      // own tests never count for their author
      return style.dim(text);
    }
    return evidence
        .cell(set, candidate.candidate())
        .map(cell -> Marks.of(cell.outcome()).paint(text, style))
        .orElse(text);
  }

  private void legend(List<String> lines) {
    String text =
        "A row is somebody's tests, a column somebody's code. Own tests never count for their author."
            + (evidence.independent() == null
                ? ""
                : " The independent tests were written from the task alone.");
    lines.add("");
    WrapText.lines(text, columns, 0).forEach(line -> lines.add(style.dim(line)));
  }

  private void reasons(Map<String, String> rows, List<String> lines) {
    List<MatrixCell> open =
        evidence.cells().stream()
            .filter(c -> c.outcome() != MatrixCell.Outcome.PASS && rows.containsKey(c.testSet()))
            .toList();
    if (!open.isEmpty()) {
      lines.add("");
    }
    for (MatrixCell cell : open.subList(0, Math.min(open.size(), MOST_REASONS))) {
      Marks mark = Marks.of(cell.outcome());
      String text =
          "%s on %s: %s"
              .formatted(
                  rows.get(cell.testSet()),
                  SafeText.line(cell.candidate(), 12),
                  mark.told(cell.reason()));
      lines.addAll(
          WrapText.lines(mark.painted(style) + " " + SafeText.line(text, REASON), columns, 2));
    }
    if (open.size() > MOST_REASONS) {
      lines.add(
          "and %d more: %s runs show %s --json"
              .formatted(open.size() - MOST_REASONS, Invoked.as(), run));
    }
  }
}
