package dev.winnow.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.winnow.agent.Usage;
import dev.winnow.checkpoint.Budget;
import dev.winnow.evidence.CandidateEvidence.DiffSize;
import dev.winnow.evidence.runner.TestResult;
import dev.winnow.judge.Veto;
import dev.winnow.run.RunOverview;
import dev.winnow.run.TimelineSpan;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON of runs, in and out. */
final class RunShapes {

  private RunShapes() {}

  /**
   * What is asked for; only the task is needed.
   *
   * @param kind change or answer; a change when it is left out
   * @param repository a path on the server; for a change
   * @param agents by name, {@code name:2} for two of them
   * @param maxTimeSeconds of the whole run
   * @param apply branch or none
   * @param approve whether a person must agree before delivery
   * @param spec says what is to be done, instead of the task
   * @param track a Conductor track of the repository, whose next open task is to be done
   */
  record NewRun(
      @Nullable String kind,
      @Nullable String task,
      @Nullable String repository,
      @Nullable String base,
      @Nullable Boolean includeUncommitted,
      @Nullable List<String> agents,
      @Nullable String tester,
      @Nullable String judge,
      @Nullable String runner,
      @Nullable String testCommand,
      @Nullable String junit,
      @Nullable Integer maxTimeSeconds,
      @Nullable String apply,
      @Nullable Boolean approve,
      @Nullable Budget budget,
      @Nullable Integer priority,
      @Nullable UUID spec,
      @Nullable String track) {}

  /** What is different in a fork; what is left out stays. */
  record NewFork(
      @Nullable String task,
      @Nullable List<String> agents,
      @Nullable Budget budget,
      @Nullable String reason) {}

  /**
   * @param candidate needed when the evidence could not decide
   */
  record Approval(@Nullable String candidate) {}

  record Rejection(@Nullable String reason) {}

  /**
   * @param budget limits that replace those of the run
   */
  record Resumption(@Nullable Budget budget) {}

  record Nothing() {}

  /**
   * A run in full.
   *
   * @param options what it was asked for
   * @param result the result object of the command line; empty until it is over
   * @param reason why it ended
   * @param queuedBecause what a queued run waits for, if somebody should do something about it
   * @param origin where a fork comes from, in words
   * @param lastSequence of its events so far
   * @param traces links to what back ends have, by subject: run, c1, decision, ...
   */
  record Run(
      @JsonUnwrapped RunOverview overview,
      @Nullable String base,
      Budget budget,
      Map<String, Object> options,
      Map<String, Object> result,
      @Nullable String reason,
      @Nullable String queuedBecause,
      @Nullable String origin,
      long lastSequence,
      Map<String, String> traces) {}

  record Delivered(UUID run, String branch) {}

  record Answered(UUID run, String answer, @Nullable String branch) {}

  /**
   * A candidate.
   *
   * @param state working, ready, not-green or failed
   * @param tree git tree of its files
   * @param commit of its change, when there is one
   * @param vetoes why it cannot win; empty when it passed, or nothing is decided yet
   * @param counted how many tests of others count for it; null until it is decided
   * @param diff null until there is evidence
   * @param answer of a run of kind answer
   */
  record CandidateView(
      String id,
      String agent,
      String state,
      @Nullable String reason,
      @Nullable String tree,
      @Nullable String commit,
      Usage usage,
      List<Veto> vetoes,
      @Nullable Integer passed,
      @Nullable Integer counted,
      @Nullable DiffSize diff,
      @Nullable String answer) {}

  /**
   * @param against base, or a candidate
   * @param diff unified, at most 16 MiB
   */
  record Diff(UUID run, String candidate, String against, String diff) {}

  /** A set of tests: a row of the matrix. */
  record TestSetView(String id, String author, List<String> files, int red) {}

  record CellView(
      String testSet,
      String candidate,
      String outcome,
      String reason,
      int passed,
      int failed,
      int flaky) {}

  /**
   * Tests against candidates.
   *
   * @param complete false while cells are still to come
   */
  record Matrix(
      boolean complete,
      List<TestSetView> testSets,
      List<String> candidates,
      List<CellView> cells,
      List<String> dropped) {}

  /**
   * One cell with each test's outcome.
   *
   * @param results what a test printed is untrusted text
   */
  record Cell(
      String testSet,
      String candidate,
      String outcome,
      String reason,
      List<TestResult> results,
      List<String> flaky) {}

  /**
   * A cut of a run.
   *
   * @param id for a fork
   * @param trees git tree of the files of each candidate that had changed any
   */
  record CheckpointView(
      String id,
      int sequence,
      String label,
      String state,
      Map<String, String> trees,
      long costMicros,
      long tokens,
      Instant at) {}

  /**
   * @param links to the traces in a back end, by subject: run, c1, decision, ...
   */
  record Timeline(List<TimelineSpan> spans, Map<String, String> links) {}

  /**
   * @param unknown calls whose outcome nobody knows; they count as what was reserved
   */
  record LedgerView(
      Budget budget,
      long costMicros,
      boolean costKnown,
      long inputTokens,
      long outputTokens,
      int unknown,
      List<dev.winnow.checkpoint.LedgerEntry> entries) {}
}
