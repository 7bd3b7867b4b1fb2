package dev.winnow.judge;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The winner or none, and why.
 *
 * @param winner candidate id, only when the outcome is ACCEPTED
 * @param rationale plain words, one paragraph
 */
public record Decision(
    Outcome outcome,
    @Nullable String winner,
    Rule rule,
    String rationale,
    Confidence confidence,
    List<CandidateVerdict> candidates) {

  /** What was decided. */
  public enum Outcome {
    ACCEPTED,
    NONE,
    ABSTAINED;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What made the difference. */
  public enum Rule {
    /** One candidate passed the gate. */
    ONLY_SURVIVOR("only-survivor"),
    /** The winner passes more of the tests that others wrote. */
    TESTS("tests"),
    /** The evidence does not tell the best apart; the smallest change was taken. */
    TIE_SMALLER_DIFF("tie-smaller-diff"),
    /** The best are equally good on paper, by different tests: a person must decide. */
    CONTRADICTION("contradiction"),
    NOBODY_PASSED_THE_GATE("nobody-passed-the-gate"),
    /** The evidence, or the want of it, left a tie, and a model named the same winner twice. */
    MODEL_JUDGE("model-judge"),
    /** Of the answers to a question, only one is there. */
    ONLY_ANSWER("only-answer"),
    /** All answers to a question say the same. */
    SAME_ANSWER("same-answer"),
    /** The model judge contradicts itself or cannot be understood: a person must decide. */
    JUDGE_UNDECIDED("judge-undecided"),
    NO_ANSWER("no-answer");

    private final String label;

    Rule(String label) {
      this.label = label;
    }

    @JsonValue
    public String label() {
      return label;
    }
  }

  /** How much the evidence carries. */
  public enum Confidence {
    HIGH,
    MEDIUM,
    LOW,
    NONE;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The rationale without what the vetoes of the candidates say, for where these are shown too. */
  public String rationaleBesideVetoes() {
    String vetoes = Judge.excluded(candidates);
    return vetoes.isEmpty() ? rationale : rationale.replace(vetoes, "").replace("  ", " ").strip();
  }

  public Decision {
    candidates = List.copyOf(candidates);
    if ((winner != null) != (outcome == Outcome.ACCEPTED)) {
      throw new IllegalArgumentException("a decision has a winner exactly when it is accepted");
    }
  }
}
