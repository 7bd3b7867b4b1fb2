package dev.winnow.run;

import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.checkpoint.Spending;
import dev.winnow.judge.CandidateVerdict;
import dev.winnow.judge.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param branch the new branch in the user's repository, or null
 * @param reason one line for people
 * @param usage by candidate, and of the {@code judge} where one was asked
 * @param spent what the providers counted, of everybody who took part
 * @param answer the winner's, to a question, or null
 * @param waiting what a person still has to say, or null
 * @param undecided the candidates of a run that came to no decision, as far as they got
 */
public record RunResult(
    UUID run,
    RunOutcome outcome,
    String reason,
    @Nullable String branch,
    @Nullable Decision decision,
    Map<String, Usage> usage,
    List<CandidateRecord> undecided,
    Spending spent,
    @Nullable String answer,
    @Nullable Waiting waiting) {

  public RunResult {
    usage = Map.copyOf(usage);
    undecided = List.copyOf(undecided);
  }

  /**
   * A person has to answer.
   *
   * @param kind approval of the candidate, or choice of one
   * @param until when it is too late, or null
   */
  record Waiting(String kind, @Nullable String candidate, @Nullable Instant until) {}

  RunResult withSpent(Spending counted) {
    return new RunResult(
        run, outcome, reason, branch, decision, usage, undecided, counted, answer, waiting);
  }

  /** The end of a run that came to no decision. */
  static RunResult without(
      UUID run, RunOutcome outcome, String reason, List<CandidateRecord> candidates) {
    return new RunResult(
        run, outcome, reason, null, null, Map.of(), candidates, Spending.NONE, null, null);
  }

  /** The result object of the command line's contract. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", "result");
    map.put("run", run.toString());
    map.put("outcome", outcome.label());
    map.put("reason", reason);
    map.put("winner", winner());
    map.put("branch", branch);
    map.put(
        "decision",
        decision == null
            ? null
            : Map.of(
                "rule", decision.rule().label(),
                "rationale", decision.rationale(),
                "confidence", decision.confidence().label()));
    List<Map<String, Object>> candidates = new ArrayList<>();
    if (decision != null) {
      decision.candidates().forEach(verdict -> candidates.add(candidate(verdict)));
    }
    undecided.forEach(candidate -> candidates.add(undecided(candidate)));
    map.put("candidates", candidates);
    if (usage.containsKey("judge")) {
      map.put("judge", usage.get("judge"));
    }
    map.put("cost", spent.costMicros() / 1e6);
    map.put("costKnown", spent.costKnown());
    map.put("tokens", spent.inputTokens() + spent.outputTokens());
    if (waiting != null) {
      map.put("waiting", waiting);
    }
    return map;
  }

  /** The last event of a run with this result. */
  static RunEvent.RunFinished finished(Map<String, Object> result) {
    return new RunEvent.RunFinished(
        String.valueOf(result.get("outcome")), String.valueOf(result.get("reason")), result);
  }

  private @Nullable Map<String, Object> winner() {
    if (decision == null || outcome != RunOutcome.ACCEPTED) {
      return null;
    }
    for (CandidateVerdict verdict : decision.candidates()) {
      if (verdict.candidate().equals(decision.winner())) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("candidate", verdict.candidate());
        map.put("agent", verdict.agent());
        if (answer != null) {
          map.put("text", answer);
        }
        return map;
      }
    }
    return null;
  }

  private static Map<String, Object> undecided(CandidateRecord candidate) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("candidate", candidate.id());
    map.put("agent", candidate.agent());
    map.put("state", candidate.state());
    map.put("vetoes", List.of());
    map.put("usage", candidate.usage());
    return map;
  }

  private Map<String, Object> candidate(CandidateVerdict verdict) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("candidate", verdict.candidate());
    map.put("agent", verdict.agent());
    map.put("vetoes", verdict.vetoes());
    map.put("passed", verdict.passed());
    map.put("counted", verdict.counted());
    map.put("usage", usage.getOrDefault(verdict.candidate(), Usage.NONE));
    return map;
  }
}
