package dev.winnow.http;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.Budget;
import dev.winnow.http.RunShapes.NewFork;
import dev.winnow.run.FindRuns;
import dev.winnow.run.ForkRun;
import dev.winnow.run.SubmitRun;
import dev.winnow.spec.Task;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Going on from a checkpoint, with other agents, another task or another budget. */
final class ForkRoutes {

  private final Backend backend;
  private final FindRuns runs;
  private final StartOnce once;
  private final CheckNewRun check;
  private final RunRoutes views;

  ForkRoutes(Backend backend, StartOnce once, CheckNewRun check, RunRoutes views) {
    this.backend = backend;
    this.runs = new FindRuns(backend.database());
    this.once = once;
    this.check = check;
    this.views = views;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/checkpoints/{id}/fork",
                "forkRun",
                "Makes a new run that goes on from a checkpoint; nothing before it is paid again.",
                NewFork.class,
                this::fork)
            .header("Idempotency-Key", "The same key makes the same run once.")
            .answers(202, "The new run.", RunShapes.Run.class)
            .answers(
                409, "A request with this Idempotency-Key is being worked on.", Problem.Body.class)
            .answers(422, "A field means something that cannot be.", Problem.Body.class));
  }

  private Reply fork(Request request) {
    String[] parts = request.name("id").split("\\.", -1);
    if (parts.length != 2 || !parts[1].matches("\\d{1,6}")) {
      throw Problem.notFound();
    }
    UUID parent;
    try {
      parent = UUID.fromString(parts[0]);
    } catch (IllegalArgumentException e) {
      throw Problem.notFound();
    }
    Principal who = request.who();
    if (!runs.sees(who.whose(), parent) || !hasCheckpoint(parent, parts[1])) {
      throw Problem.notFound();
    }
    NewFork asked = request.body(NewFork.class);
    Optional<Task> task =
        asked.task() == null
            ? Optional.empty()
            : Optional.of(CheckNewRun.task("task", asked.task()));
    Optional<List<String>> agents =
        asked.agents() == null
            ? Optional.empty()
            : Optional.of(check.agents("agents", asked.agents(), who));
    ForkRun.Changes changes =
        new ForkRun.Changes(
            task,
            agents,
            asked.budget() == null ? Budget.UNLIMITED : asked.budget(),
            Optional.ofNullable(asked.reason()).map(CleanText::line));
    SubmitRun.Submission submission = new SubmitRun.Submission(who.name(), 0, Optional.empty());
    StartOnce.Started started =
        once.start(
            request,
            id -> runs.sees(who.whose(), id),
            id ->
                new ForkRun(backend.database(), backend.agents())
                    .fork(id, parent, parts[1], changes, backend.directory(), submission));
    return Reply.json(202, views.view(request, started.id()))
        .with("Location", RunRoutes.PATH + "/" + started.id());
  }

  private boolean hasCheckpoint(UUID run, String sequence) {
    try {
      var _ = dev.winnow.checkpoint.Checkpoints.find(backend.database(), run, sequence);
      return true;
    } catch (WinnowException e) {
      return false;
    }
  }
}
