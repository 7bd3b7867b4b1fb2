package dev.winnow.spec;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How an interview was held.
 *
 * @param maxQuestions over all rounds
 * @param interview the run that has its journal and ledger; null when no model was asked
 * @param agents who asks, and who judges
 * @param writer who wrote criteria and plan: an agent, or {@code winnow}; empty before
 * @param inputTokens of all calls of all rounds
 * @param costMicros in micro-dollars; null when a price is unknown
 */
public record PlanningMetadata(
    Mode mode,
    int maxQuestions,
    @Nullable UUID interview,
    List<Asked> agents,
    @Nullable Asked judge,
    List<Round> rounds,
    String writer,
    long inputTokens,
    long outputTokens,
    @Nullable Long costMicros) {

  /** Who asks. */
  public enum Mode {
    /** Fixed questions, no model. */
    STUB,
    /** One model. */
    SINGLE,
    /** Two models, and a judge between their questions. */
    DUAL;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A model that takes part.
   *
   * @param agent its name
   * @param provider openai, anthropic, or what kind of agent it is
   */
  public record Asked(String agent, String provider, String model) {}

  /**
   * One agent's part in a round.
   *
   * @param questions as it asked them
   * @param error why there are none, or null
   * @param trace id of its trace
   * @param traceLink where it can be looked at, or null
   */
  public record Candidate(
      String agent,
      List<String> questions,
      @Nullable String error,
      String trace,
      @Nullable String traceLink,
      long inputTokens,
      long outputTokens,
      @Nullable Long costMicros) {
    public Candidate {
      questions = List.copyOf(questions);
    }
  }

  /**
   * What the judge said about the sets of a round.
   *
   * @param winner the agent that it named in both orders; null when it is undecided
   * @param scores by agent, the mean of both orders, 0 to 100
   */
  public record Judgement(
      String judge,
      String model,
      @Nullable String winner,
      Map<String, Double> scores,
      String rationale,
      long inputTokens,
      long outputTokens,
      @Nullable Long costMicros) {
    public Judgement {
      scores = Collections.unmodifiableMap(new TreeMap<>(scores));
    }
  }

  /**
   * One round of questions.
   *
   * @param chosen whose questions were taken: an agent, {@code merged}, or {@code none}
   * @param judgement null where there was nothing to judge
   */
  public record Round(
      int number, List<Candidate> candidates, @Nullable Judgement judgement, String chosen) {
    public Round {
      candidates = List.copyOf(candidates);
    }
  }

  /** Who wrote what was not written here. */
  public static final String IMPORTED = "import";

  /** Of planning that was done elsewhere. */
  public static PlanningMetadata imported() {
    return new PlanningMetadata(
        Mode.STUB,
        0,
        null,
        List.of(),
        null,
        List.of(new Round(1, List.of(), null, IMPORTED)),
        IMPORTED,
        0,
        0,
        0L);
  }

  public PlanningMetadata {
    agents = List.copyOf(agents);
    rounds = List.copyOf(rounds);
  }

  /**
   * The same later; what was used is added.
   *
   * @param cost in micro-dollars; null when it is unknown
   */
  public PlanningMetadata with(
      List<Round> allRounds, String whoWrote, long input, long output, @Nullable Long cost) {
    return new PlanningMetadata(
        mode,
        maxQuestions,
        interview,
        agents,
        judge,
        allRounds,
        whoWrote,
        inputTokens + input,
        outputTokens + output,
        costMicros == null || cost == null ? null : Long.valueOf(costMicros + cost));
  }
}
