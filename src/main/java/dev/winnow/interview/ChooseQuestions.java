package dev.winnow.interview;

import dev.winnow.Cancellation;
import dev.winnow.agent.NamedAgent;
import dev.winnow.agent.tool.AskUserQuestion;
import dev.winnow.judge.model.AskJudge;
import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.judge.model.Opinion;
import dev.winnow.judge.model.Verdict;
import dev.winnow.spec.SameQuestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes one set of questions from several: the only one there is, the one that the judge names in
 * both orders, or, when it is undecided, all that is not a duplicate, in turns.
 */
final class ChooseQuestions {

  static final String MERGED = "merged";
  static final String NONE = "none";

  /** A question and who asked it. */
  record Chosen(AskUserQuestion.Asked question, String agent) {}

  /**
   * @param by an agent, {@link #MERGED} or {@link #NONE}
   */
  record Choice(List<Chosen> questions, String by, @Nullable ModelJudgement judgement) {}

  private final Interviewer interviewer;
  private final String judgeDetail;

  ChooseQuestions(Interviewer interviewer, String judgeDetail) {
    this.interviewer = interviewer;
    this.judgeDetail = judgeDetail;
  }

  Choice of(
      String task, List<AskModels.Asked> asked, int round, int most, Cancellation cancellation) {
    List<AskModels.Asked> sets = asked.stream().filter(a -> !a.questions().isEmpty()).toList();
    if (sets.isEmpty()) {
      return new Choice(List.of(), NONE, null);
    }
    Optional<NamedAgent> judge = interviewer.judge();
    if (sets.size() == 1 || judge.isEmpty()) {
      return whole(sets.getFirst(), null);
    }
    Map<String, String> materials = new LinkedHashMap<>();
    sets.forEach(set -> materials.put(set.agent(), text(set.questions())));
    AskJudge.Bench bench =
        new AskJudge.Bench(
            interviewer.interview(),
            id ->
                interviewer.context(
                    "r%d-%s".formatted(round, id),
                    dev.winnow.agent.Prompts.judge(),
                    List.of(),
                    (_, _) -> {}),
            interviewer.events());
    ModelJudgement judgement =
        new AskJudge(judge.get(), judgeDetail, bench).questions(task, materials, cancellation);
    return judgement
        .winner()
        .flatMap(winner -> sets.stream().filter(s -> s.agent().equals(winner)).findFirst())
        .map(set -> whole(set, judgement))
        .orElseGet(() -> new Choice(merged(sets, most), MERGED, judgement));
  }

  private static Choice whole(AskModels.Asked set, @Nullable ModelJudgement judgement) {
    return new Choice(
        set.questions().stream().map(q -> new Chosen(q, set.agent())).toList(),
        set.agent(),
        judgement);
  }

  /** In turns, because each asks the most important first. */
  private static List<Chosen> merged(List<AskModels.Asked> sets, int most) {
    List<Chosen> merged = new ArrayList<>();
    int longest = sets.stream().mapToInt(s -> s.questions().size()).max().orElse(0);
    for (int i = 0; i < longest; i++) {
      for (AskModels.Asked set : sets) {
        if (i < set.questions().size() && merged.size() < most) {
          AskUserQuestion.Asked question = set.questions().get(i);
          if (merged.stream()
              .noneMatch(m -> SameQuestion.test(m.question().question(), question.question()))) {
            merged.add(new Chosen(question, set.agent()));
          }
        }
      }
    }
    return merged;
  }

  private static String text(List<AskUserQuestion.Asked> questions) {
    StringBuilder text = new StringBuilder();
    int number = 0;
    for (AskUserQuestion.Asked question : questions) {
      text.append(
          "%d. %s%n   Why: %s%n".formatted(++number, question.question(), question.rationale()));
      question.suggestions().forEach(s -> text.append("   - ").append(s).append('\n'));
    }
    return text.toString();
  }

  /** The mean of both orders. */
  static Map<String, Double> scores(ModelJudgement judgement) {
    Map<String, List<Integer>> all = new TreeMap<>();
    for (Opinion opinion : judgement.opinions()) {
      Verdict verdict = opinion.verdict();
      if (verdict != null) {
        verdict
            .scores()
            .forEach(
                (agent, score) -> all.computeIfAbsent(agent, _ -> new ArrayList<>()).add(score));
      }
    }
    Map<String, Double> means = new TreeMap<>();
    all.forEach((agent, scores) ->
        means.put(agent, scores.stream().mapToInt(Integer::intValue).average().orElse(0)));
    return means;
  }
}
