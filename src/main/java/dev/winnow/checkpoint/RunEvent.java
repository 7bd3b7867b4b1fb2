package dev.winnow.checkpoint;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a run. The durable, ordered log of these is the only source of what
 * any client shows. The JSON form is {@code {"type": "...", ...components}}; new components may be
 * added, names and meanings do not change within {@link #VERSION}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "run-created", value = RunEvent.RunCreated.class),
  @JsonSubTypes.Type(name = "phase-started", value = RunEvent.PhaseStarted.class),
  @JsonSubTypes.Type(name = "notice", value = RunEvent.Notice.class),
  @JsonSubTypes.Type(name = "base-tested", value = RunEvent.BaseTested.class),
  @JsonSubTypes.Type(name = "candidate-started", value = RunEvent.CandidateStarted.class),
  @JsonSubTypes.Type(name = "model-text", value = RunEvent.ModelText.class),
  @JsonSubTypes.Type(name = "model-text-part", value = RunEvent.ModelTextPart.class),
  @JsonSubTypes.Type(name = "model-retried", value = RunEvent.ModelRetried.class),
  @JsonSubTypes.Type(name = "tool-called", value = RunEvent.ToolCalled.class),
  @JsonSubTypes.Type(name = "tool-returned", value = RunEvent.ToolReturned.class),
  @JsonSubTypes.Type(name = "conversation-condensed", value = RunEvent.ConversationCondensed.class),
  @JsonSubTypes.Type(name = "snapshot-taken", value = RunEvent.SnapshotTaken.class),
  @JsonSubTypes.Type(name = "red-checked", value = RunEvent.RedChecked.class),
  @JsonSubTypes.Type(name = "green-checked", value = RunEvent.GreenChecked.class),
  @JsonSubTypes.Type(name = "candidate-finished", value = RunEvent.CandidateFinished.class),
  @JsonSubTypes.Type(name = "cell-finished", value = RunEvent.CellFinished.class),
  @JsonSubTypes.Type(name = "tamper-found", value = RunEvent.TamperFound.class),
  @JsonSubTypes.Type(name = "judge-answered", value = RunEvent.JudgeAnswered.class),
  @JsonSubTypes.Type(name = "decided", value = RunEvent.Decided.class),
  @JsonSubTypes.Type(name = "delivered", value = RunEvent.Delivered.class),
  @JsonSubTypes.Type(name = "forked", value = RunEvent.Forked.class),
  @JsonSubTypes.Type(name = "answered", value = RunEvent.Answered.class),
  @JsonSubTypes.Type(name = "run-finished", value = RunEvent.RunFinished.class),
})
public sealed interface RunEvent {

  /** Version of the JSON form, written as {@code v} into every line. */
  int VERSION = 1;

  /** The run exists. */
  record RunCreated(
      String task, String repository, String base, List<String> agents, String sandbox)
      implements RunEvent {
    public RunCreated {
      agents = List.copyOf(agents);
    }
  }

  /** One of prepare, independent-tests, candidates, evidence, judge, deliver; or answers. */
  record PhaseStarted(String phase) implements RunEvent {}

  /** Something that the user should know, and that stops nothing. */
  record Notice(String text) implements RunEvent {}

  /** The inventory: the base's tests before anybody changed anything. */
  record BaseTested(String runner, String why, int tests, List<String> alreadyFailing)
      implements RunEvent {
    public BaseTested {
      alreadyFailing = List.copyOf(alreadyFailing);
    }
  }

  record CandidateStarted(String candidate, String agent) implements RunEvent {}

  /** What the model said in one turn, whole. */
  record ModelText(String candidate, String purpose, int turn, String text) implements RunEvent {}

  /**
   * What the model said since the last part, while it is still speaking; at most one a second. The
   * whole follows as {@link ModelText}.
   */
  record ModelTextPart(String candidate, String purpose, int turn, String text)
      implements RunEvent {}

  /**
   * A call of the model failed in a way that may pass, and is made again: parts of this turn are
   * void.
   *
   * @param attempt the one that failed, from 1
   * @param delayMillis until the next
   */
  record ModelRetried(
      String candidate, String purpose, int turn, int attempt, String reason, long delayMillis)
      implements RunEvent {}

  /** {@code summary} is one short line; the arguments are in the journal. */
  record ToolCalled(
      String candidate, String purpose, int turn, String call, String tool, String summary)
      implements RunEvent {}

  record ToolReturned(
      String candidate, String call, String tool, boolean ok, String summary, long millis)
      implements RunEvent {}

  /**
   * Older results of tools were cut before a model call, because the conversation came near the
   * model's limit.
   *
   * @param messages how many were cut
   * @param tokensBefore estimated, as is {@code tokensAfter}
   */
  record ConversationCondensed(
      String candidate, String purpose, int turn, int messages, long tokensBefore, long tokensAfter)
      implements RunEvent {}

  /** The candidate's files after a turn that changed them, as a git tree in the mirror. */
  record SnapshotTaken(String candidate, String purpose, int turn, String tree, int changedFiles)
      implements RunEvent {}

  record RedChecked(String candidate, int attempt, boolean red, String reason)
      implements RunEvent {}

  /** {@code round} 0 is the implementation, 1 to 3 are repairs. */
  record GreenChecked(
      String candidate, int round, boolean green, int passed, int failed, String reason)
      implements RunEvent {}

  /**
   * {@code state} is ready, not-green (tests still fail after the last repair) or failed (there is
   * nothing to judge).
   */
  record CandidateFinished(String candidate, String state, String reason) implements RunEvent {}

  record CellFinished(
      String testSet, String candidate, String outcome, String reason, int passed, int failed)
      implements RunEvent {}

  record TamperFound(String candidate, String kind, boolean veto, String detail)
      implements RunEvent {}

  /**
   * A model judge's verdict on one of the two orders of the candidates.
   *
   * @param order 1 or 2
   * @param shown the candidates as they were shown, blinded, first to last
   * @param winner null when it is undecided, or when there is a problem
   * @param scores 0 to 100 by candidate
   * @param problem why the verdict cannot be used; empty when it can
   */
  record JudgeAnswered(
      String judge,
      int order,
      List<String> shown,
      @Nullable String winner,
      Map<String, Integer> scores,
      String rationale,
      String problem)
      implements RunEvent {
    public JudgeAnswered {
      shown = List.copyOf(shown);
      scores = Map.copyOf(scores);
    }
  }

  record Decided(@Nullable String winner, String rule, String rationale, String confidence)
      implements RunEvent {}

  record Delivered(String branch, String commit) implements RunEvent {}

  /**
   * The run goes on from a checkpoint of another one.
   *
   * @param reason what the person who forked it said, or null
   */
  record Forked(String parent, int checkpoint, String label, @Nullable String reason)
      implements RunEvent {}

  /**
   * A person answered a run that waited.
   *
   * @param answer approved or rejected
   * @param candidate the one that was approved, or null
   */
  record Answered(String answer, String by, @Nullable String candidate, String reason)
      implements RunEvent {}

  /**
   * The last event of every run.
   *
   * @param outcome accepted, none, abstained, budget, cancelled or failed
   * @param result the result object of the command line's contract
   */
  record RunFinished(String outcome, String reason, Map<String, Object> result)
      implements RunEvent {}
}
