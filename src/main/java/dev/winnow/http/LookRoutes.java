package dev.winnow.http;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.BudgetStore;
import dev.winnow.checkpoint.Checkpoint;
import dev.winnow.checkpoint.Checkpoints;
import dev.winnow.checkpoint.LedgerEntry;
import dev.winnow.checkpoint.LedgerReader;
import dev.winnow.checkpoint.Spending;
import dev.winnow.http.RunShapes.CandidateView;
import dev.winnow.http.RunShapes.CheckpointView;
import dev.winnow.judge.Decision;
import dev.winnow.judge.model.ModelJudgement;
import dev.winnow.run.AnswerStore;
import dev.winnow.run.DiffCandidate;
import dev.winnow.run.FindRuns;
import dev.winnow.run.RunRecord;
import dev.winnow.run.RunStore;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a run has produced: candidates, diffs, matrix, decision, checkpoints, money. */
final class LookRoutes {

  private static final String RUN = RunRoutes.PATH + "/{id}";

  record CandidateList(List<CandidateView> items) {}

  record CheckpointList(List<CheckpointView> items) {}

  /**
   * @param judgement what a model judge said, in both orders; null when none was asked
   */
  record DecisionView(Decision decision, @Nullable ModelJudgement judgement) {}

  private final Backend backend;
  private final FindRuns runs;
  private final RunStore store;

  LookRoutes(Backend backend) {
    this.backend = backend;
    this.runs = new FindRuns(backend.database());
    this.store = new RunStore(backend.database());
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                RUN + "/candidates", "listCandidates", "The candidates of a run.", this::candidates)
            .answers(200, "The candidates, as far as they are.", CandidateList.class),
        Route.get(
                RUN + "/candidates/{candidate}/diff",
                "diffCandidate",
                "What a candidate changed.",
                this::diff)
            .query("against", "string", "Another candidate; the base when it is left out.")
            .answers(200, "The change.", RunShapes.Diff.class)
            .answers(409, "The candidate has no change (yet).", Problem.Body.class),
        Route.get(RUN + "/matrix", "getMatrix", "Tests against candidates.", this::matrix)
            .answers(200, "The matrix, as far as it is.", RunShapes.Matrix.class),
        Route.get(
                RUN + "/matrix/{testSet}/{candidate}",
                "getCell",
                "One cell of the matrix: its reason, and what each test said.",
                this::cell)
            .answers(200, "The cell.", RunShapes.Cell.class),
        Route.get(
                RUN + "/decision",
                "getDecision",
                "The decision, and what it rests on.",
                this::decision)
            .answers(200, "The decision.", DecisionView.class)
            .answers(409, "Nothing is decided (yet).", Problem.Body.class),
        Route.get(
                RUN + "/checkpoints",
                "listCheckpoints",
                "The cuts from which a run can be forked.",
                this::checkpoints)
            .answers(200, "The checkpoints, oldest first.", CheckpointList.class),
        Route.get(RUN + "/ledger", "getLedger", "Each paid call, and the sums.", this::ledger)
            .answers(200, "The ledger.", RunShapes.LedgerView.class));
  }

  private RunRecord require(Request request) {
    UUID id = request.id("id");
    if (!runs.sees(request.who().whose(), id)) {
      throw Problem.notFound();
    }
    return store.find(id.toString());
  }

  private Reply candidates(Request request) {
    return Reply.json(
        new CandidateList(new ShowCandidates(backend.database()).of(require(request))));
  }

  private Reply diff(Request request) {
    RunRecord run = require(request);
    String candidate = request.name("candidate");
    Optional<String> against = request.query("against").filter(other -> !other.equals("base"));
    List<String> known = store.candidates(run.id()).stream().map(c -> c.id()).toList();
    if (!known.contains(candidate)) {
      throw Problem.notFound();
    }
    if (against.isPresent() && !known.contains(against.get())) {
      throw Problem.malformed("against", "There is no such candidate.");
    }
    try {
      return Reply.json(
          new RunShapes.Diff(
              run.id(),
              candidate,
              against.orElse("base"),
              new DiffCandidate(backend.database(), backend.dataDirectory())
                  .of(run.id(), Optional.of(candidate), against)));
    } catch (WinnowException e) {
      throw RunRoutes.asConflict(e);
    }
  }

  private Reply matrix(Request request) {
    return Reply.json(new ShowMatrix(backend.database()).of(require(request)));
  }

  private Reply cell(Request request) {
    return Reply.json(
        new ShowMatrix(backend.database())
            .cell(require(request), request.name("testSet"), request.name("candidate")));
  }

  private Reply decision(Request request) {
    RunRecord run = require(request);
    Decision decision = run.decision();
    if (decision == null) {
      throw Problem.conflict("Nothing is decided about this run.");
    }
    return Reply.json(
        new DecisionView(
            decision, AnswerStore.judgement(backend.database(), run.id()).orElse(null)));
  }

  private Reply checkpoints(Request request) {
    UUID run = require(request).id();
    return Reply.json(
        new CheckpointList(
            Checkpoints.list(backend.database(), run).stream().map(c -> view(run, c)).toList()));
  }

  private static CheckpointView view(UUID run, Checkpoint cut) {
    return new CheckpointView(
        run + "." + cut.sequence(),
        cut.sequence(),
        cut.label(),
        cut.state(),
        cut.trees(),
        cut.costMicros(),
        cut.tokens(),
        cut.at());
  }

  private Reply ledger(Request request) {
    UUID run = require(request).id();
    List<LedgerEntry> entries = new LedgerReader(backend.database()).entries(run);
    Spending spent = entries.stream().map(LedgerEntry::spent).reduce(Spending.NONE, Spending::plus);
    int unknown =
        (int)
            entries.stream()
                .filter(e ->
                    e.state() == LedgerEntry.State.UNKNOWN
                        || e.state() == LedgerEntry.State.RESERVED)
                .count();
    return Reply.json(
        new RunShapes.LedgerView(
            BudgetStore.read(backend.database(), run),
            spent.costMicros(),
            spent.costKnown(),
            spent.inputTokens(),
            spent.outputTokens(),
            unknown,
            entries));
  }
}
