package dev.winnow.judge;

import dev.winnow.agent.AgentNames;
import dev.winnow.judge.Decision.Confidence;
import dev.winnow.judge.Decision.Outcome;
import dev.winnow.judge.Decision.Rule;
import dev.winnow.judge.Veto.VetoClass;
import dev.winnow.judge.model.ModelJudgement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides between the answers to a question: a pure function of what is stored. */
public final class DecideAnswer {

  /**
   * What one agent answered.
   *
   * @param failure why there is no answer, or null
   */
  public record Answer(
      String candidate, String agent, @Nullable String text, @Nullable String failure) {}

  private DecideAnswer() {}

  /** The answers that a judge must compare, by candidate; empty when there is nothing to judge. */
  public static Map<String, String> toCompare(List<Answer> answers) {
    Map<String, String> texts = new TreeMap<>();
    for (Answer answer : answers) {
      String text = answer.text();
      if (answer.failure() == null && text != null) {
        texts.put(answer.candidate(), text);
      }
    }
    long different = texts.values().stream().map(String::strip).distinct().count();
    return different < 2 ? Map.of() : texts;
  }

  /**
   * The decision; the same answers and judgement always give the same one.
   *
   * @param judgement needed when {@link #toCompare} is not empty
   */
  public static Decision decide(List<Answer> answers, Optional<ModelJudgement> judgement) {
    List<CandidateVerdict> verdicts = answers.stream().map(DecideAnswer::verdict).toList();
    List<Answer> given = answers.stream().filter(a -> a.failure() == null).toList();
    String failed = failed(answers);
    if (given.isEmpty()) {
      return decision(
          null, Outcome.NONE, Rule.NO_ANSWER, "There is no answer. " + failed, verdicts);
    }
    Answer first = given.getFirst();
    if (given.size() == 1) {
      String why =
          answers.size() == 1
              ? "%s was the only one asked; nobody judged the answer.".formatted(name(first))
              : "Only %s answered; nobody judged the answer. ".formatted(name(first)) + failed;
      return decision(first.candidate(), Outcome.ACCEPTED, Rule.ONLY_ANSWER, why, verdicts);
    }
    if (toCompare(answers).isEmpty()) {
      return decision(
          first.candidate(),
          Outcome.ACCEPTED,
          Rule.SAME_ANSWER,
          "All %d answers say the same. ".formatted(given.size()) + failed,
          verdicts);
    }
    ModelJudgement judged =
        judgement.orElseThrow(() -> new IllegalArgumentException("nobody judged the answers"));
    Optional<Answer> chosen =
        given.stream()
            .filter(a -> judged.winner().filter(a.candidate()::equals).isPresent())
            .findFirst();
    return chosen
        .map(winner ->
            decision(
                winner.candidate(),
                Outcome.ACCEPTED,
                Rule.MODEL_JUDGE,
                "The model judge %s named %s in both orders: %s %s"
                    .formatted(judged.judge(), name(winner), judged.reason(), failed),
                verdicts))
        .orElseGet(() ->
            decision(
                null,
                Outcome.ABSTAINED,
                Rule.JUDGE_UNDECIDED,
                "The model judge %s is undecided: %s. A person must decide. %s"
                    .formatted(judged.judge(), judged.reason(), failed),
                verdicts));
  }

  private static Decision decision(
      @Nullable String winner,
      Outcome outcome,
      Rule rule,
      String why,
      List<CandidateVerdict> verdicts) {
    Confidence confidence =
        switch (outcome) {
          case ACCEPTED -> rule == Rule.MODEL_JUDGE ? Confidence.MEDIUM : Confidence.LOW;
          case NONE, ABSTAINED -> Confidence.NONE;
        };
    return new Decision(outcome, winner, rule, why.strip(), confidence, verdicts);
  }

  private static CandidateVerdict verdict(Answer answer) {
    List<Veto> vetoes =
        answer.failure() == null
            ? List.of()
            : List.of(new Veto(VetoClass.AGENT_FAILED, answer.failure()));
    return new CandidateVerdict(answer.candidate(), answer.agent(), vetoes, 0, 0, List.of(), 0);
  }

  private static String failed(List<Answer> answers) {
    return answers.stream()
        .filter(a -> a.failure() != null)
        .map(a -> "%s gave no answer (%s).".formatted(name(a), a.failure()))
        .collect(Collectors.joining(" "));
  }

  private static String name(Answer answer) {
    return "%s (%s)".formatted(answer.candidate(), AgentNames.forPeople(answer.agent()));
  }
}
