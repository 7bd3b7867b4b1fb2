package dev.winnow.http;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.checkpoint.Budget;
import dev.winnow.interview.InterviewOptions;
import dev.winnow.run.CoverSpec;
import dev.winnow.spec.PlanningMetadata.Mode;
import dev.winnow.spec.RecordAnswers;
import dev.winnow.spec.Spec;
import dev.winnow.spec.SpecOverview;
import dev.winnow.spec.SpecService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Specs: make a request clear, by questions that several people may answer. */
final class SpecRoutes {

  private static final String PATH = "/api/v1/specs";
  private static final int TIMES_THE_USUAL_BODY = 4;

  record NewSpec(@Nullable String task, @Nullable String title, @Nullable String repository) {}

  /**
   * Who asks; by the settings when it is left out.
   *
   * @param mode stub, single or dual
   */
  record NewPlanning(
      @Nullable String mode,
      @Nullable Integer maxQuestions,
      @Nullable List<String> agents,
      @Nullable String judge,
      @Nullable Budget budget) {}

  /**
   * @param version of the spec that the person looked at
   */
  record NewAnswers(@Nullable Long version, @Nullable List<NewAnswer> answers) {}

  /**
   * @param skip the person does not want to answer
   */
  record NewAnswer(@Nullable String question, @Nullable String text, @Nullable Boolean skip) {}

  /**
   * @param build also build the repository and run its tests, in the sandbox
   */
  record NewValidation(@Nullable Boolean build) {}

  record SpecPage(List<SpecOverview> items, @Nullable String next) {}

  /**
   * @param files by name
   */
  record SpecFiles(Map<String, String> files) {}

  private final Specs specs;
  private final StartOnce once;
  private final CheckNewRun check;
  private final CoverSpec cover;
  private final HoldInterviews interviews;

  SpecRoutes(
      Specs specs, StartOnce once, CheckNewRun check, CoverSpec cover, HoldInterviews interviews) {
    this.interviews = interviews;
    this.specs = specs;
    this.once = once;
    this.check = check;
    this.cover = cover;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                PATH, "createSpec", "Creates a spec, and assesses it.", NewSpec.class, this::create)
            .upTo(TIMES_THE_USUAL_BODY)
            .header("Idempotency-Key", "The same key makes the same spec once.")
            .answers(201, "The spec.", Spec.class)
            .answers(
                409, "A request with this Idempotency-Key is being worked on.", Problem.Body.class)
            .answers(422, "A field means something that cannot be.", Problem.Body.class),
        Route.get(PATH, "listSpecs", "Lists specs, the newest first.", this::list)
            .paged()
            .answers(200, "A page of specs.", SpecPage.class),
        Route.get(PATH + "/{id}", "getSpec", "One spec.", this::get)
            .answers(200, "The spec.", Spec.class),
        Route.get(
                PATH + "/{id}/coverage",
                "coverSpec",
                "Which tests of the newest run of the spec cover its criteria.",
                r -> Reply.json(cover.of(specs.service().get(require(r)), r.who().whose())))
            .answers(200, "The criteria with their tests.", CoverSpec.Coverage.class),
        Route.post(
                PATH + "/{id}/validate",
                "validateSpec",
                "Validates a spec, and keeps what was found.",
                NewValidation.class,
                this::validate)
            .header("Idempotency-Key", "The same key builds it once.")
            .answers(200, "The spec.", Spec.class)
            .answers(202, "The spec; the repository is being built: look again.", Spec.class)
            .answers(
                409, "A request with this Idempotency-Key is being worked on.", Problem.Body.class)
            .answers(422, "This Idempotency-Key was sent with another body.", Problem.Body.class),
        Route.post(
                PATH + "/{id}/planning",
                "planSpec",
                "Begins the interview, or goes on with it.",
                NewPlanning.class,
                this::plan)
            .header("Idempotency-Key", "The same key asks for one round once.")
            .answers(200, "The spec, with what is to be answered.", Spec.class)
            .answers(202, "The spec; the questions are being made: look again.", Spec.class)
            .answers(
                409, "A request with this Idempotency-Key is being worked on.", Problem.Body.class)
            .answers(422, "This interview cannot be held.", Problem.Body.class),
        Route.put(
                PATH + "/{id}/planning/answers",
                "answerSpec",
                "Keeps answers; several people may answer at once.",
                NewAnswers.class,
                this::answer)
            .upTo(TIMES_THE_USUAL_BODY)
            .answers(
                200,
                "The spec; with more questions, or criteria and plan, when all are answered.",
                Spec.class)
            .answers(202, "The spec; what comes next is being made: look again.", Spec.class)
            .answers(
                409, "Others answered meanwhile, and nothing of this is kept.", Problem.Body.class)
            .answers(422, "There is no such question, or an answer is empty.", Problem.Body.class),
        Route.get(PATH + "/{id}/export", "exportSpec", "The spec as files.", this::export)
            .answers(200, "Its files by name.", SpecFiles.class),
        Route.post(
                PATH + "/{id}/approve",
                "approveSpec",
                "Says yes to a validated spec.",
                RunShapes.Nothing.class,
                r -> decide(r, specs.service()::approve))
            .answers(200, "The spec.", Spec.class)
            .answers(409, "It is not validated.", Problem.Body.class),
        Route.post(
                PATH + "/{id}/reject",
                "rejectSpec",
                "Says no to a spec: nothing can be run from it.",
                RunShapes.Nothing.class,
                r -> decide(r, specs.service()::reject))
            .answers(200, "The spec.", Spec.class));
  }

  private UUID require(Request request) {
    UUID id = request.id("id");
    if (!specs.service().sees(id, request.who().whose().submitter())) {
      throw Problem.notFound();
    }
    return id;
  }

  private Reply create(Request request) {
    NewSpec asked = request.body(NewSpec.class);
    Principal who = request.who();
    Optional<Path> repository =
        asked.repository() == null
            ? Optional.empty()
            : Optional.of(check.repository(asked.repository(), who));
    SpecService.Draft draft =
        new SpecService.Draft(
            CheckNewRun.task("task", asked.task()),
            Optional.ofNullable(asked.title()),
            repository,
            who.name());
    StartOnce.Started made =
        once.start(
            request,
            id -> specs.service().sees(id, who.whose().submitter()),
            id -> specs.service().create(id, draft));
    return Reply.json(201, specs.service().get(made.id())).with("Location", PATH + "/" + made.id());
  }

  private Reply list(Request request) {
    int limit = request.limit();
    List<SpecOverview> page =
        specs.service().overviews(limit + 1, request.cursor(), request.who().whose().submitter());
    boolean more = page.size() > limit;
    List<SpecOverview> items = more ? page.subList(0, limit) : page;
    return Reply.json(new SpecPage(items, more ? items.getLast().id().toString() : null));
  }

  private Reply get(Request request) {
    return Reply.json(specs.service().get(require(request)));
  }

  private Reply export(Request request) {
    return Reply.json(new SpecFiles(specs.service().export(require(request))));
  }

  private Reply validate(Request request) {
    UUID id = require(request);
    boolean build = Boolean.TRUE.equals(request.body(NewValidation.class).build());
    return once(
        request,
        id,
        stop -> {
          Spec spec = specs.service().get(id);
          return specs.service().validate(id, specs.check().findings(spec, build, stop));
        });
  }

  private interface Decides {
    Spec decide(UUID id);
  }

  private Reply decide(Request request, Decides decides) {
    try {
      return Reply.json(decides.decide(require(request)));
    } catch (WinnowException e) {
      throw RunRoutes.asConflict(e);
    }
  }

  private Reply plan(Request request) {
    UUID id = require(request);
    NewPlanning asked = request.body(NewPlanning.class);
    return once(request, id, round(id, asked, request.who()));
  }

  private Reply once(Request request, UUID id, Function<Cancellation, Spec> work) {
    AtomicReference<@Nullable Reply> made = new AtomicReference<>();
    var _ = once.start(request, _ -> false, _ -> made.set(wait(id, work)));
    Reply reply = made.get();
    return reply == null ? Reply.json(specs.service().get(id)) : reply;
  }

  private Function<Cancellation, Spec> round(UUID id, NewPlanning asked, Principal who) {
    if (specs.service().get(id).artifacts().planning() != null && asked.mode() == null) {
      return stop -> specs.interviews().goOn(id, stop);
    }
    List<String> agents =
        asked.agents() == null ? List.of() : check.agents("agents", asked.agents(), who);
    InterviewOptions options =
        specs
            .decide()
            .options(
                Optional.ofNullable(asked.mode()).map(SpecRoutes::mode),
                asked.maxQuestions() == null
                    ? OptionalInt.empty()
                    : OptionalInt.of(asked.maxQuestions()),
                agents,
                Optional.ofNullable(asked.judge()),
                asked.budget() == null ? Budget.UNLIMITED : asked.budget());
    return stop -> specs.interviews().begin(id, options, stop);
  }

  private static Mode mode(String label) {
    for (Mode mode : Mode.values()) {
      if (mode.label().equals(label)) {
        return mode;
      }
    }
    throw Problem.invalid("mode", "Must be stub, single or dual.");
  }

  private Reply answer(Request request) {
    UUID id = require(request);
    NewAnswers asked = request.body(NewAnswers.class);
    if (asked.version() == null || asked.answers() == null || asked.answers().isEmpty()) {
      throw Problem.invalid("answers", "Send version and at least one answer.");
    }
    List<RecordAnswers.Given> given = new ArrayList<>();
    for (NewAnswer one : asked.answers()) {
      given.add(
          new RecordAnswers.Given(
              one.question() == null ? "" : one.question(),
              one.text() == null ? "" : one.text(),
              Boolean.TRUE.equals(one.skip())));
    }
    RecordAnswers.Result result =
        new RecordAnswers(specs.service()).record(id, given, asked.version(), request.who().name());
    return switch (result) {
      case RecordAnswers.Result.Conflict conflict ->
          throw Problem.conflict(CleanText.line(conflict.message()));
      case RecordAnswers.Result.Saved _ -> wait(id, stop -> specs.interviews().goOn(id, stop));
    };
  }

  private Reply wait(UUID id, Function<Cancellation, Spec> work) {
    return interviews
        .work(work)
        .map(Reply::json)
        .orElseGet(() -> Reply.json(202, specs.service().get(id)));
  }
}
