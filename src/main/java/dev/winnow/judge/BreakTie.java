package dev.winnow.judge;

import dev.winnow.judge.Decision.Confidence;
import dev.winnow.judge.Decision.Outcome;
import dev.winnow.judge.Decision.Rule;
import dev.winnow.judge.model.ModelJudgement;
import java.util.List;

/** What a model's judgement makes of a tie that the evidence left. */
final class BreakTie {

  private BreakTie() {}

  /** Those that are as good as the one that a tie's smallest change would give. */
  static List<CandidateVerdict> tied(Decision tie) {
    CandidateVerdict taken =
        tie.candidates().stream()
            .filter(v -> v.candidate().equals(tie.winner()))
            .findFirst()
            .orElseThrow();
    return tie.candidates().stream()
        .filter(v -> v.vetoes().isEmpty())
        .filter(v -> Math.abs(Judge.share(v) - Judge.share(taken)) < 1e-9)
        .toList();
  }

  static Decision decide(Decision tie, ModelJudgement judgement) {
    CandidateVerdict chosen = null;
    for (CandidateVerdict candidate : tied(tie)) {
      if (judgement.winner().filter(candidate.candidate()::equals).isPresent()) {
        chosen = candidate;
      }
    }
    if (chosen == null) {
      // nothing is known that was not known before: the rule for a tie holds
      return new Decision(
          tie.outcome(),
          tie.winner(),
          tie.rule(),
          "The model judge %s is undecided: %s. %s"
              .formatted(judgement.judge(), judgement.reason(), tie.rationale()),
          tie.confidence(),
          tie.candidates());
    }
    return new Decision(
        Outcome.ACCEPTED,
        chosen.candidate(),
        Rule.MODEL_JUDGE,
        "A tie in the evidence; the model judge %s named %s in both orders: %s %s"
            .formatted(
                judgement.judge(),
                Judge.name(chosen),
                judgement.reason(),
                Judge.excluded(tie.candidates()))
            .strip(),
        Confidence.LOW,
        tie.candidates());
  }
}
