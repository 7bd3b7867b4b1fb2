package dev.winnow.http;

import dev.winnow.WinnowException;
import dev.winnow.checkpoint.BudgetStore;
import dev.winnow.checkpoint.WhyQueued;
import dev.winnow.http.RunShapes.NewRun;
import dev.winnow.run.CancelRun;
import dev.winnow.run.FindRuns;
import dev.winnow.run.ResumeRun;
import dev.winnow.run.RunOverview;
import dev.winnow.run.RunStore;
import dev.winnow.run.SubmitRun;
import dev.winnow.run.TraceStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Runs: start, list, look, and what people decide about them. */
final class RunRoutes {

  static final String PATH = "/api/v1/tdd-runs";

  /** Every status of a run, for the filter of the list. */
  static final Set<String> STATUSES =
      Set.of(
          "queued",
          "running",
          "waiting",
          "accepted",
          "none",
          "abstained",
          "budget",
          "cancelled",
          "failed");

  private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(5);
  private static final int LONGEST_WAIT = 300; // seconds

  private final Backend backend;
  private final FindRuns runs;
  private final FollowRuns follow;
  private final StartOnce once;
  private final CheckNewRun check;

  RunRoutes(Backend backend, FollowRuns follow, StartOnce once, CheckNewRun check) {
    this.backend = backend;
    this.runs = new FindRuns(backend.database());
    this.follow = follow;
    this.once = once;
    this.check = check;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                PATH,
                "startRun",
                "Starts a run: checks it, and puts it into the queue.",
                NewRun.class,
                this::start)
            .query("wait", "integer", "Seconds to wait for its end, at most 300.")
            .header("Idempotency-Key", "The same key starts the same run once.")
            .answers(202, "The run, which is queued or running.", RunShapes.Run.class)
            .answers(200, "The run, which was over within the time to wait.", RunShapes.Run.class)
            .answers(
                409, "A request with this Idempotency-Key is being worked on.", Problem.Body.class)
            .answers(422, "A field means something that cannot be.", Problem.Body.class),
        Route.get(PATH, "listRuns", "Lists runs, the newest first.", this::list)
            .paged()
            .query(
                "status",
                "string",
                "Only those: " + String.join(", ", STATUSES.stream().sorted().toList()))
            .answers(200, "A page of runs.", RunPage.class),
        Route.get(PATH + "/{id}", "getRun", "One run.", this::get)
            .query("wait", "integer", "Seconds to wait for its end, at most 300.")
            .answers(200, "The run.", RunShapes.Run.class),
        Route.post(
                PATH + "/{id}/cancel",
                "cancelRun",
                "Stops a run, wherever it is worked on.",
                RunShapes.Nothing.class,
                this::cancel)
            .answers(200, "The run, which is over.", RunShapes.Run.class)
            .answers(202, "The run; its node has been asked to stop.", RunShapes.Run.class),
        Route.post(
                PATH + "/{id}/resume",
                "resumeRun",
                "Goes on with a run that was interrupted, failed, was cancelled, or ran out of time"
                    + " or money.",
                RunShapes.Resumption.class,
                this::resume)
            .header("Idempotency-Key", "The same key takes it up once.")
            .answers(202, "The run, which is in the queue again.", RunShapes.Run.class)
            .answers(
                409,
                "There is nothing to go on with, or a request with this key is being worked on.",
                Problem.Body.class));
  }

  /** A page of runs. */
  record RunPage(List<RunOverview> items, @org.jspecify.annotations.Nullable String next) {}

  private Reply start(Request request) {
    NewRun asked = request.body(NewRun.class);
    int wait = request.number("wait", 0, 0, LONGEST_WAIT);
    Principal who = request.who();
    SubmitRun.Submission submission =
        new SubmitRun.Submission(who.name(), CheckNewRun.priority(asked), Optional.empty());
    StartOnce.Started started =
        once.start(
            request,
            id -> runs.sees(who.whose(), id),
            id -> {
              if (CheckNewRun.isQuestion(asked)) {
                backend.start().question(id, check.question(asked, who), submission);
              } else {
                backend.start().change(id, check.change(asked, who), submission);
              }
            });
    boolean over = wait > 0 && isOver(started.id(), Duration.ofSeconds(wait));
    return Reply.json(over ? 200 : 202, view(request, started.id()))
        .with("Location", PATH + "/" + started.id());
  }

  private Reply list(Request request) {
    int limit = request.limit();
    Optional<String> status = request.query("status");
    if (status.isPresent() && !STATUSES.contains(status.get())) {
      throw Problem.malformed("status", "There is no such status.");
    }
    List<RunOverview> page = runs.page(request.who().whose(), status, request.cursor(), limit + 1);
    boolean more = page.size() > limit;
    List<RunOverview> items = more ? page.subList(0, limit) : page;
    return Reply.json(new RunPage(items, more ? items.getLast().id().toString() : null));
  }

  private Reply get(Request request) {
    UUID id = require(request);
    int wait = request.number("wait", 0, 0, LONGEST_WAIT);
    if (wait > 0) {
      boolean _ = isOver(id, Duration.ofSeconds(wait));
    }
    return Reply.json(view(request, id));
  }

  private Reply cancel(Request request) {
    UUID id = require(request);
    CancelRun cancel = new CancelRun(backend.database());
    boolean over = cancel.cancel(id) || isOver(id, CANCEL_PATIENCE);
    return Reply.json(over ? 200 : 202, view(request, id));
  }

  private Reply resume(Request request) {
    UUID id = require(request);
    RunShapes.Resumption resumption = request.body(RunShapes.Resumption.class);
    try {
      var _ = once.start(request, _ -> isOpen(id), _ -> resume(id, resumption));
    } catch (WinnowException e) {
      throw asConflict(e);
    }
    return Reply.json(202, view(request, id));
  }

  private void resume(UUID id, RunShapes.Resumption resumption) {
    if (resumption.budget() != null) {
      BudgetStore.write(
          backend.database(),
          id,
          BudgetStore.read(backend.database(), id).with(resumption.budget()));
    }
    new ResumeRun(backend.database()).resume(id, Optional.empty());
  }

  private boolean isOpen(UUID id) {
    return new RunStore(backend.database()).find(id.toString()).outcome() == null;
  }

  /** The state of the run is in the way, not the request. */
  static RuntimeException asConflict(WinnowException e) {
    return e.category() == WinnowException.Category.USAGE
        ? Problem.conflict(CleanText.line(String.valueOf(e.getMessage())))
        : e;
  }

  private UUID require(Request request) {
    UUID id = request.id("id");
    if (!runs.sees(request.who().whose(), id)) {
      throw Problem.notFound();
    }
    return id;
  }

  private boolean isOver(UUID run, Duration patience) {
    try (Outbox outbox = follow.follow(run, Long.MAX_VALUE, Outbox.Line.NOWHERE)) {
      return outbox.deliver(patience.toMillis()) == Outbox.Turn.ENDED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  RunShapes.Run view(Request request, UUID id) {
    FindRuns.Detail detail = runs.one(request.who().whose(), id).orElseThrow(Problem::notFound);
    boolean queued = detail.overview().status().equals("queued");
    return new RunShapes.Run(
        detail.overview(),
        detail.base(),
        BudgetStore.read(backend.database(), id),
        detail.options(),
        detail.result(),
        detail.reason(),
        queued ? new WhyQueued(backend.database()).of(id).orElse(null) : null,
        new RunStore(backend.database()).origin(id).orElse(null),
        detail.lastSequence(),
        new TraceStore(backend.database()).links(id));
  }
}
