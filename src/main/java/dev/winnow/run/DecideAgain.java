package dev.winnow.run;

import dev.winnow.WinnowException;
import dev.winnow.judge.DecideAnswer;
import dev.winnow.judge.Decision;
import dev.winnow.judge.Judge;
import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.store.Database;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Decides again from the stored evidence, with the rules of this version; changes nothing. */
public final class DecideAgain {

  /**
   * What would be decided now; its components are the JSON form.
   *
   * @param same whether the stored decision is the same
   */
  public record Decided(Decision decision, boolean same) {}

  private final Database database;

  public DecideAgain(Database database) {
    this.database = database;
  }

  /**
   * @throws WinnowException of category USAGE when the run ended before there was evidence
   */
  public Decided of(UUID id) {
    RunRecord run = new RunStore(database).find(id.toString());
    Optional<ModelJudgement> judgement = AnswerStore.judgement(database, id);
    List<DecideAnswer.Answer> answers = AnswerStore.answers(database, id);
    if (run.decision() != null && !answers.isEmpty()) {
      return decided(run, DecideAnswer.decide(answers, judgement));
    }
    if (run.evidence() == null) {
      throw WinnowException.usage(
          "Run %s ended before there was evidence (%s): there is nothing to judge."
              .formatted(id, run.status()));
    }
    return decided(run, Judge.decide(run.evidence(), judgement));
  }

  private static Decided decided(RunRecord run, Decision decision) {
    return new Decided(decision, decision.equals(run.decision()));
  }
}
