package dev.winnow.http;

import dev.winnow.WinnowException;
import dev.winnow.run.AnswerRun;
import dev.winnow.run.DecideAgain;
import dev.winnow.run.DeliverLater;
import dev.winnow.run.FindRuns;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What people decide about a run that has ended, and what becomes of its change. */
final class DecideRoutes {

  private static final String RUN = RunRoutes.PATH + "/{id}";

  private final Backend backend;
  private final FindRuns runs;

  DecideRoutes(Backend backend) {
    this.backend = backend;
    this.runs = new FindRuns(backend.database());
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                RUN + "/approve",
                "approveRun",
                "Says yes to a run that waits for a person.",
                RunShapes.Approval.class,
                this::approve)
            .answers(
                200, "Approved, and delivered if the repository is here.", RunShapes.Answered.class)
            .answers(409, "It does not wait, or somebody was first.", Problem.Body.class),
        Route.post(
                RUN + "/reject",
                "rejectRun",
                "Says no to a run that waits for a person.",
                RunShapes.Rejection.class,
                this::reject)
            .answers(200, "Rejected.", RunShapes.Answered.class)
            .answers(409, "It does not wait, or somebody was first.", Problem.Body.class),
        Route.post(
                RUN + "/deliver",
                "deliverRun",
                "Creates the branch of an accepted run whose node did not have the repository.",
                RunShapes.Nothing.class,
                this::deliver)
            .answers(200, "The branch; the same one the second time.", RunShapes.Delivered.class)
            .answers(409, "There is nothing to deliver, or not here.", Problem.Body.class),
        Route.get(
                RUN + "/rejudge",
                "rejudgeRun",
                "Decides again from the stored evidence, and changes nothing.",
                this::rejudge)
            .answers(200, "What would be decided now.", DecideAgain.Decided.class)
            .answers(409, "There is no evidence.", Problem.Body.class));
  }

  private UUID require(Request request) {
    UUID id = request.id("id");
    if (!runs.sees(request.who().whose(), id)) {
      throw Problem.notFound();
    }
    return id;
  }

  private Reply approve(Request request) {
    UUID id = require(request);
    RunShapes.Approval approval = request.body(RunShapes.Approval.class);
    try {
      Optional<String> branch =
          new AnswerRun(backend.database(), backend.dataDirectory(), backend.snapshots())
              .approve(id, Optional.ofNullable(approval.candidate()), request.who().name());
      return Reply.json(new RunShapes.Answered(id, "approved", branch.orElse(null)));
    } catch (WinnowException e) {
      throw RunRoutes.asConflict(e);
    }
  }

  private Reply reject(Request request) {
    UUID id = require(request);
    RunShapes.Rejection rejection = request.body(RunShapes.Rejection.class);
    try {
      new AnswerRun(backend.database(), backend.dataDirectory(), backend.snapshots())
          .reject(
              id,
              Optional.ofNullable(rejection.reason()).map(CleanText::line),
              request.who().name());
      return Reply.json(new RunShapes.Answered(id, "rejected", null));
    } catch (WinnowException e) {
      throw RunRoutes.asConflict(e);
    }
  }

  private Reply deliver(Request request) {
    UUID id = require(request);
    var _ = request.body(RunShapes.Nothing.class);
    try {
      String branch =
          new DeliverLater(backend.database(), backend.dataDirectory(), backend.snapshots())
              .deliver(id);
      return Reply.json(new RunShapes.Delivered(id, branch));
    } catch (WinnowException e) {
      throw RunRoutes.asConflict(e);
    }
  }

  private Reply rejudge(Request request) {
    try {
      return Reply.json(new DecideAgain(backend.database()).of(require(request)));
    } catch (WinnowException e) {
      throw RunRoutes.asConflict(e);
    }
  }
}
