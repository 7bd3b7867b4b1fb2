package dev.winnow.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.agent.Usage;
import dev.winnow.judge.DecideAnswer.Answer;
import dev.winnow.judge.Decision.Outcome;
import dev.winnow.judge.Decision.Rule;
import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.judge.model.Opinion;
import dev.winnow.judge.model.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Between answers, a model's judgement decides, or a person. */
class DecideAnswerTest {

  private static final Answer ONE = new Answer("c1", "openai", "forty-two", null);
  private static final Answer TWO = new Answer("c2", "anthropic", "forty-three", null);
  private static final Answer FAILED = new Answer("c3", "local", null, "no connection");

  static ModelJudgement judgement(@Nullable String first, @Nullable String second) {
    return new ModelJudgement(
        "judge",
        "anthropic:claude",
        List.of(opinion(first), opinion(second)),
        Usage.NONE,
        OptionalLong.of(0));
  }

  private static Opinion opinion(@Nullable String winner) {
    return new Opinion(
        List.of("c1", "c2"), new Verdict(winner, Map.of(), List.of("x"), "it is right"), "", "");
  }

  @Test
  void theWinnerIsWhomTheJudgeNamesTwice() {
    Decision decision =
        DecideAnswer.decide(List.of(ONE, TWO, FAILED), Optional.of(judgement("c2", "c2")));
    assertThat(decision.outcome()).isEqualTo(Outcome.ACCEPTED);
    assertThat(decision.winner()).isEqualTo("c2");
    assertThat(decision.rule()).isEqualTo(Rule.MODEL_JUDGE);
    assertThat(decision.rationale())
        .isEqualTo(
            "The model judge judge named c2 (anthropic) in both orders: it is right"
                + " c3 (local) gave no answer (no connection).");
    assertThat(decision.candidates().get(2).vetoes()).hasSize(1);
  }

  @Test
  void anUndecidedJudgeLeavesItToAPersonAndNeverToTheFirst() {
    Decision decision = DecideAnswer.decide(List.of(ONE, TWO), Optional.of(judgement("c1", "c2")));
    assertThat(decision.outcome()).isEqualTo(Outcome.ABSTAINED);
    assertThat(decision.rule()).isEqualTo(Rule.JUDGE_UNDECIDED);
    assertThat(decision.winner()).isNull();
    assertThat(decision.rationale())
        .contains("contradicts itself: c1 in one order, c2 in the other");
    assertThat(DecideAnswer.decide(List.of(ONE, TWO), Optional.of(judgement(null, "c2"))).outcome())
        .isEqualTo(Outcome.ABSTAINED);
  }

  @Test
  void aJudgeThatNamesSomebodyWhoDidNotAnswerIsNotFollowed() {
    assertThat(
            DecideAnswer.decide(List.of(ONE, TWO, FAILED), Optional.of(judgement("c3", "c3")))
                .outcome())
        .isEqualTo(Outcome.ABSTAINED);
  }

  @Test
  void oneAnswerNeedsNoJudge() {
    assertThat(DecideAnswer.toCompare(List.of(ONE, FAILED))).isEmpty();
    Decision decision = DecideAnswer.decide(List.of(ONE, FAILED), Optional.empty());
    assertThat(decision.rule()).isEqualTo(Rule.ONLY_ANSWER);
    assertThat(decision.winner()).isEqualTo("c1");
  }

  @Test
  void equalAnswersNeedNoJudge() {
    Answer same = new Answer("c2", "anthropic", " forty-two\n", null);
    assertThat(DecideAnswer.toCompare(List.of(ONE, same))).isEmpty();
    assertThat(DecideAnswer.decide(List.of(ONE, same), Optional.empty()).rule())
        .isEqualTo(Rule.SAME_ANSWER);
  }

  @Test
  void noAnswerIsNoWinner() {
    Decision decision = DecideAnswer.decide(List.of(FAILED), Optional.empty());
    assertThat(decision.outcome()).isEqualTo(Outcome.NONE);
    assertThat(decision.rationale()).contains("no connection");
  }

  @Test
  void differentAnswersWithoutAJudgementAreADefectOfTheCaller() {
    assertThat(DecideAnswer.toCompare(List.of(ONE, TWO))).containsOnlyKeys("c1", "c2");
    assertThatThrownBy(() -> DecideAnswer.decide(List.of(ONE, TWO), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
