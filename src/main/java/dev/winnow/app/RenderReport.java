package dev.winnow.app;

import static dev.winnow.app.Names.count;

import dev.winnow.agent.Usage;
import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.evidence.tamper.TamperFinding;
import dev.winnow.judge.CandidateVerdict;
import dev.winnow.judge.Decision;
import dev.winnow.judge.Veto;
import dev.winnow.run.RunRecord;
import dev.winnow.run.TraceStore;
import dev.winnow.workspace.Sandbox;
import java.util.ArrayList;
import java.util.List;

/** The final report of a run, for people: matrix, vetoes, decision, branch, usage. */
final class RenderReport {

  private static final int MOST_HINTS = 8;
  private static final int REASON = 300;
  private static final int PROSE = 2_000;

  private final Style style;
  private final int columns;
  private final List<String> lines = new ArrayList<>();

  private RenderReport(Style style, int columns) {
    this.style = style;
    this.columns = columns;
  }

  /** The lines of the report, none wider than {@code columns} except for commands and prose. */
  static List<String> lines(ReportView report, Style style, int columns) {
    RenderReport renderer = new RenderReport(style, columns);
    renderer.render(report);
    return List.copyOf(renderer.lines);
  }

  private void render(ReportView report) {
    line(style.bold("Run " + report.run()));
    line("  " + safe(report.task().lines().findFirst().orElse("")));
    Evidence evidence = report.evidence();
    if (evidence != null && !evidence.candidates().isEmpty()) {
      line("");
      lines.addAll(RenderMatrix.lines(evidence, style, columns, shortId(report.run())));
      hints(evidence);
    }
    Decision decision = report.decision();
    lines.addAll(RenderAnswers.lines(report, style, columns));
    if (decision != null) {
      if (report.answers().isEmpty()) {
        verdicts(decision);
      }
      decision(decision);
    } else {
      undecided(report);
    }
    lines.addAll(RenderCriteria.lines(report, style, columns));
    delivered(report);
    String trace = report.traces().get(TraceStore.RUN);
    if (trace != null) {
      line("");
      line("Trace: " + safe(trace));
    }
    footer(report);
  }

  private void undecided(ReportView report) {
    switch (report.outcome()) {
      case "queued", "running" -> {
        heading("Not finished: " + report.outcome());
        line("  follow it: winnow runs watch " + report.run());
      }
      case RunRecord.INTERRUPTED -> {
        heading("Ended without a decision: interrupted");
        line("  Its process ended before the run did: go on with winnow runs resume.");
      }
      default -> {
        heading("Ended without a decision: " + report.outcome());
        prose(SafeText.line(report.reason(), PROSE), 2);
      }
    }
  }

  private void verdicts(Decision decision) {
    heading("Candidates");
    for (CandidateVerdict verdict : decision.candidates()) {
      String who = who(verdict.candidate(), verdict.agent());
      boolean wins = verdict.candidate().equals(decision.winner());
      if (!verdict.vetoes().isEmpty()) {
        line("  " + style.bad(Marks.BAD) + " " + who + ": out");
        for (Veto veto : verdict.vetoes()) {
          prose(
              style.bad(veto.vetoClass().words()) + ": " + SafeText.line(veto.reason(), REASON), 6);
        }
        continue;
      }
      String score =
          verdict.counted() == 0
              ? "no test of others counts for it"
              : "%d of %s by others passed"
                  .formatted(verdict.passed(), count(verdict.counted(), "test"));
      prose(
          "%s %s: %s, %s changed"
              .formatted(
                  wins ? style.good(Marks.GOOD) : "·",
                  wins ? style.bold(who) : who,
                  score,
                  count(verdict.diffLines(), "line")),
          2);
      verdict.failed().stream()
          .limit(3)
          .forEach(test -> prose("fails " + SafeText.line(test, REASON), 6));
      if (verdict.failed().size() > 3) {
        line("      and %d more".formatted(verdict.failed().size() - 3));
      }
    }
  }

  private void decision(Decision decision) {
    String winner = decision.winner();
    String title =
        switch (decision.outcome()) {
          case ACCEPTED ->
              style.good(Marks.GOOD)
                  + " "
                  + style.bold(
                      decision.candidates().stream()
                          .filter(c -> c.candidate().equals(winner))
                          .map(c -> who(c.candidate(), c.agent()))
                          .findFirst()
                          .orElse(String.valueOf(winner)))
                  + " wins";
          case NONE -> style.bad(Marks.BAD) + " " + style.bold("No winner");
          case ABSTAINED -> style.warn("?") + " " + style.bold("A person must decide");
        };
    heading("Decision");
    line("  " + title);
    prose(SafeText.line(decision.rationaleBesideVetoes(), PROSE), 2);
    line(
        "  "
            + style.dim(
                "decided by: %s; confidence: %s"
                    .formatted(rule(decision.rule()), decision.confidence().label())));
  }

  private void hints(Evidence evidence) {
    List<String> hints = new ArrayList<>();
    for (CandidateEvidence candidate : evidence.candidates()) {
      for (TamperFinding finding : candidate.tamper()) {
        if (!finding.veto()) {
          hints.add(
              "%s %s: %s"
                  .formatted(
                      style.warn("!"),
                      who(candidate.candidate(), candidate.agent()),
                      SafeText.line(finding.text(), REASON)));
        }
      }
    }
    if (hints.isEmpty()) {
      return;
    }
    heading("Worth a look");
    hints.stream().limit(MOST_HINTS).forEach(hint -> prose(hint, 2));
    if (hints.size() > MOST_HINTS) {
      line("  and %d more".formatted(hints.size() - MOST_HINTS));
    }
  }

  private void delivered(ReportView report) {
    String branch = report.branch();
    if (branch == null) {
      return;
    }
    heading("Branch");
    line("  " + style.accent(SafeText.line(branch, 200)));
    line(
        "  merge it:  git -C %s merge %s"
            .formatted(Shell.quote(report.repository()), Shell.quote(branch)));
    line("  look first: %s runs diff %s".formatted(Invoked.as(), shortId(report.run())));
  }

  private void footer(ReportView report) {
    line("");
    Usage total = report.usage().values().stream().reduce(Usage.NONE, Usage::plus);
    if (!total.equals(Usage.NONE)) {
      line(
          style.dim(
              "%,d tokens in, %,d out, over %s"
                  .formatted(
                      total.inputTokens(),
                      total.outputTokens(),
                      count(report.usage().size(), "agent"))));
    }
    if (report.spent().costMicros() > 0 || !report.spent().costKnown()) {
      prose(style.dim("%s, with tester and judge".formatted(report.spent().shownCost())), 0);
    }
    report.notices().forEach(notice -> prose(style.warn("! ") + SafeText.line(notice, REASON), 0));
    if (!report.sandbox().isEmpty() && !report.sandbox().equals(Sandbox.Tier.BUBBLEWRAP.label())) {
      line(
          style.warn("! ")
              + "sandbox: "
              + safe(report.sandbox())
              + "; see %s doctor".formatted(Invoked.as()));
    }
  }

  private void heading(String text) {
    line("");
    line(style.bold(text));
  }

  private void line(String text) {
    lines.add(text.stripTrailing());
  }

  private String safe(String untrusted) {
    return SafeText.line(untrusted, Math.max(20, columns - 6));
  }

  /** Clean text, whole and broken between words. */
  private void prose(String text, int indent) {
    lines.addAll(WrapText.lines(" ".repeat(indent) + text, columns, indent + 2));
  }

  private static String rule(Decision.Rule rule) {
    return switch (rule) {
      case ONLY_SURVIVOR -> "only one passed the gate";
      case TESTS -> "tests of others";
      case TIE_SMALLER_DIFF -> "a tie, smaller change";
      case CONTRADICTION -> "nothing, the evidence contradicts itself";
      case NOBODY_PASSED_THE_GATE -> "nobody passed the gate";
      case MODEL_JUDGE -> "model judge";
      case ONLY_ANSWER -> "only answer";
      case SAME_ANSWER -> "all answers are the same";
      case JUDGE_UNDECIDED -> "model judge undecided";
      case NO_ANSWER -> "no answer";
    };
  }

  /** The end of an id names a run as well as the whole does, and stands in the branch's name. */
  private static String shortId(String run) {
    return run.length() <= 8 ? run : run.substring(run.length() - 8);
  }

  static String who(String candidate, String agent) {
    return SafeText.line(candidate, 12) + " (" + Names.agent(agent) + ")";
  }
}
