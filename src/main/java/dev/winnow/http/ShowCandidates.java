package dev.winnow.http;

import dev.winnow.evidence.CandidateEvidence;
import dev.winnow.evidence.Evidence;
import dev.winnow.http.RunShapes.CandidateView;
import dev.winnow.judge.CandidateVerdict;
import dev.winnow.judge.DecideAnswer;
import dev.winnow.judge.Decision;
import dev.winnow.run.AnswerStore;
import dev.winnow.run.CandidateRecord;
import dev.winnow.run.RunRecord;
import dev.winnow.run.RunStore;
import dev.winnow.store.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings together what is known of each candidate: its row, its evidence, its verdict. */
final class ShowCandidates {

  private final Database database;

  ShowCandidates(Database database) {
    this.database = database;
  }

  List<CandidateView> of(RunRecord run) {
    Map<String, CandidateVerdict> verdicts = new HashMap<>();
    Decision decision = run.decision();
    if (decision != null) {
      decision.candidates().forEach(verdict -> verdicts.put(verdict.candidate(), verdict));
    }
    Map<String, CandidateEvidence> facts = new HashMap<>();
    Evidence evidence = run.evidence();
    if (evidence != null) {
      evidence.candidates().forEach(fact -> facts.put(fact.candidate(), fact));
    }
    Map<String, String> answers = new HashMap<>();
    for (DecideAnswer.Answer answer : AnswerStore.answers(database, run.id())) {
      if (answer.text() != null) {
        answers.put(answer.candidate(), answer.text());
      }
    }
    return new RunStore(database)
        .candidates(run.id()).stream()
            .map(row ->
                view(row, verdicts.get(row.id()), facts.get(row.id()), answers.get(row.id())))
            .toList();
  }

  private static CandidateView view(
      CandidateRecord row,
      @Nullable CandidateVerdict verdict,
      @Nullable CandidateEvidence facts,
      @Nullable String answer) {
    return new CandidateView(
        row.id(),
        row.agent(),
        row.state(),
        row.reason(),
        row.tree(),
        row.commit(),
        row.usage(),
        verdict == null ? List.of() : verdict.vetoes(),
        verdict == null ? null : verdict.passed(),
        verdict == null ? null : verdict.counted(),
        facts == null ? null : facts.diff(),
        answer);
  }
}
