package dev.winnow.judge.model;

import dev.winnow.agent.Usage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A model's judgement, as it is stored: both verdicts, and what they say together.
 *
 * @param judge the agent that was asked
 * @param detail its model or program
 * @param opinions one for each order
 * @param costMicros in micro-dollars; empty when it is unknown
 */
public record ModelJudgement(
    String judge, String detail, List<Opinion> opinions, Usage usage, OptionalLong costMicros) {

  public ModelJudgement {
    opinions = List.copyOf(opinions);
  }

  /** The candidate that every order names; empty means undecided. */
  public Optional<String> winner() {
    String winner = null;
    for (Opinion opinion : opinions) {
      Verdict verdict = opinion.verdict();
      if (verdict == null || verdict.winner() == null) {
        return Optional.empty();
      }
      if (winner != null && !winner.equals(verdict.winner())) {
        return Optional.empty();
      }
      winner = verdict.winner();
    }
    // one order alone says nothing: a judge that likes whatever stands first would be believed
    return opinions.size() < 2 ? Optional.empty() : Optional.ofNullable(winner);
  }

  /**
   * agreed, undecided, disagreed (another winner in the other order) or unusable: to be counted.
   */
  public String agreement() {
    if (opinions.stream().anyMatch(opinion -> opinion.verdict() == null)) {
      return "unusable";
    }
    long named =
        opinions.stream()
            .flatMap(opinion -> Optional.ofNullable(opinion.verdict()).stream())
            .filter(verdict -> verdict.winner() != null)
            .count();
    return winner().isPresent() ? "agreed" : named == 0 ? "undecided" : "disagreed";
  }

  /** One line for people: why it is undecided, or the reasons of the verdicts. */
  public String reason() {
    for (Opinion opinion : opinions) {
      if (opinion.verdict() == null) {
        return "its verdict could not be used: " + opinion.problem();
      }
    }
    List<Verdict> verdicts =
        opinions.stream().flatMap(o -> Optional.ofNullable(o.verdict()).stream()).toList();
    if (winner().isPresent()) {
      return verdicts.getFirst().rationale();
    }
    if (verdicts.size() < 2) {
      return "it was not asked in both orders";
    }
    String first = String.valueOf(verdicts.get(0).winner());
    String second = String.valueOf(verdicts.get(1).winner());
    if (verdicts.stream().allMatch(v -> v.winner() == null)) {
      return "it could not tell the candidates apart: " + verdicts.getFirst().rationale();
    }
    return "it contradicts itself: %s in one order, %s in the other"
        .formatted(named(first), named(second));
  }

  private static String named(String winner) {
    return winner.equals("null") ? "nobody" : winner;
  }
}
