package dev.winnow.app;

import dev.winnow.run.CoverCriteria.Covered;
import dev.winnow.run.CoverCriteria.CoveringTest;
import java.util.ArrayList;
import java.util.List;

/** Which tests cover each acceptance criterion, and how the winner did. */
final class RenderCriteria {

  private static final int PROSE = 500;
  private static final int MOST_TESTS = 6;

  private RenderCriteria() {}

  static List<String> lines(ReportView report, Style style, int columns) {
    List<String> lines = new ArrayList<>();
    if (report.criteria().isEmpty()) {
      return lines;
    }
    lines.add("");
    lines.add(style.bold("Acceptance criteria"));
    for (Covered criterion : report.criteria()) {
      String mark =
          criterion.passed()
              ? style.good(Marks.GOOD)
              : criterion.tests().isEmpty() ? style.warn("?") : style.bad(Marks.BAD);
      prose(
          "%s %s  %s".formatted(mark, criterion.id(), SafeText.line(criterion.text(), PROSE)),
          2,
          columns,
          lines);
      if (criterion.tests().isEmpty()) {
        lines.add("      no test names it");
      }
      for (CoveringTest test : criterion.tests().stream().limit(MOST_TESTS).toList()) {
        prose(
            "%s/%s: %s"
                .formatted(
                    SafeText.line(test.author(), 12),
                    SafeText.line(test.test(), PROSE),
                    test.outcome()),
            6,
            columns,
            lines);
      }
      if (criterion.tests().size() > MOST_TESTS) {
        lines.add("      and %d more".formatted(criterion.tests().size() - MOST_TESTS));
      }
    }
    return lines;
  }

  private static void prose(String text, int indent, int columns, List<String> lines) {
    lines.addAll(WrapText.lines(" ".repeat(indent) + text, columns, indent + 2));
  }
}
