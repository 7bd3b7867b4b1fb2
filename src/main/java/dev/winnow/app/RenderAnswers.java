package dev.winnow.app;

import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.judge.model.Opinion;
import dev.winnow.judge.model.Verdict;
import java.util.ArrayList;
import java.util.List;

/** The answers to a question, and what a model judge said, for people. */
final class RenderAnswers {

  private static final int PROSE = 2_000;

  private RenderAnswers() {}

  /** Nothing for a run without answers and judge. */
  static List<String> lines(ReportView report, Style style, int columns) {
    List<String> lines = new ArrayList<>();
    for (ReportView.AnswerView answer : report.answers()) {
      lines.add("");
      lines.add(style.bold("%s (%s)".formatted(answer.candidate(), Names.agent(answer.agent()))));
      String failure = answer.failure();
      if (failure != null) {
        lines.add("  " + style.bad(Marks.BAD) + " " + SafeText.line(failure, PROSE));
      }
      SafeText.block(answer.text()).lines().forEach(line -> lines.add("  " + line));
    }
    ModelJudgement judgement = report.judgement();
    if (judgement != null) {
      lines.add("");
      lines.add(
          style.bold(
              "Model judge %s (%s)"
                  .formatted(
                      SafeText.line(judgement.judge(), 60),
                      SafeText.line(judgement.detail(), 100))));
      for (Opinion opinion : judgement.opinions()) {
        lines.addAll(WrapText.lines("  " + opinion(opinion), columns, 4));
      }
      String both = judgement.winner().map(w -> "both orders: " + w).orElse("undecided");
      lines.add(
          style.dim(
              "  %s; %,d tokens in, %,d out"
                  .formatted(
                      both, judgement.usage().inputTokens(), judgement.usage().outputTokens())));
    }
    return lines;
  }

  private static String opinion(Opinion opinion) {
    Verdict verdict = opinion.verdict();
    String order = String.join(", ", opinion.shown());
    return verdict == null
        ? "shown %s: no usable verdict: %s".formatted(order, SafeText.line(opinion.problem(), 300))
        : "shown %s: %s %s: %s"
            .formatted(
                order,
                verdict.winner() == null ? "undecided" : "for " + verdict.winner(),
                verdict.scores(),
                SafeText.line(verdict.rationale(), PROSE));
  }
}
