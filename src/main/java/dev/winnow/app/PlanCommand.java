package dev.winnow.app;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.interview.ConductInterview;
import dev.winnow.interview.InterviewOptions;
import dev.winnow.spec.Planning;
import dev.winnow.spec.PlanningMetadata;
import dev.winnow.spec.PlanningMetadata.Mode;
import dev.winnow.spec.RecordAnswers;
import dev.winnow.spec.RecordAnswers.Given;
import dev.winnow.spec.RecordAnswers.Result;
import dev.winnow.spec.Spec;
import dev.winnow.spec.SpecService;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code winnow plan}: the interview, until nothing is unclear any more. */
@Command(
    description =
        "Asks what a task leaves open, and writes acceptance criteria and a plan from the answers.")
final class PlanCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final PlanOptions options = new PlanOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "SPEC",
      description = "A spec to go on with: its id, an end of it, or latest.")
  private @Nullable String id;

  @Option(
      names = "--answers",
      paramLabel = "FILE",
      description = "Answers as JSON or YAML: {q1: text, q2: 1, q3: null}; null skips.")
  private @Nullable Path answers;

  @Option(
      names = "--track",
      paramLabel = "DIR",
      description = "Write a Conductor track into DIR/conductor when the interview is over.")
  private @Nullable Path track;

  @Option(
      names = "--short-name",
      paramLabel = "N",
      description = "The beginning of the track's name (default: from the title).")
  private @Nullable String shortName;

  PlanCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (id != null && (options.task != null || options.taskFile != null)) {
      throw WinnowException.usage("SPEC and --task exclude each other");
    }
    ReadAnswers file =
        answers == null ? null : new ReadAnswers(context.directory().resolve(answers));
    Settings settings = common.settings(context, options.root(context));
    Cancellation cancellation = context.interrupts().listen();
    try (Services services = Services.open(context, settings)) {
      Planner planner = services.planner();
      SpecService specs = planner.specs();
      Spec spec = id == null ? created(specs) : specs.find(id);
      Spec over = interview(planner, begin(planner, spec, cancellation), file, cancellation);
      Planning planning = Objects.requireNonNull(over.artifacts().planning());
      boolean open = !planning.open().isEmpty();
      if (!open) {
        over = specs.validate(over.id(), List.of());
        if (track != null) {
          String written =
              WriteTrack.of(
                  over, context.directory().resolve(track), Optional.ofNullable(shortName));
          ShowSpec.hint(context, "track %s is in %s".formatted(written, track));
        }
      }
      ShowSpec.print(context, over, common.json);
      if (file != null) {
        file.refuseUnknown(planning);
      }
      next(over, open);
      return open ? 4 : 0;
    }
  }

  private Spec created(SpecService specs) {
    return specs.create(
        options.draft(context, new ReadTask(context).read(options.task, options.taskFile)));
  }

  private Spec begin(Planner planner, Spec spec, Cancellation cancellation) {
    ConductInterview interviews = planner.interviews();
    Planning before = spec.artifacts().planning();
    Planner.Wishes wishes = options.wishes();
    boolean asWished =
        wishes.mode().isEmpty() && wishes.agents().isEmpty() && wishes.maxQuestions().isEmpty();
    boolean imported =
        before != null
            && before.metadata().writer().equals(PlanningMetadata.IMPORTED)
            && before.questions().isEmpty();
    if (before != null && !before.metadata().rounds().isEmpty() && asWished && !imported) {
      return interviews.goOn(spec.id(), cancellation);
    }
    InterviewOptions chosen = planner.options(wishes, context.directory());
    if (chosen.mode() != Mode.STUB) {
      ShowSpec.hint(
          context,
          "asking %s what is unclear ..."
              .formatted(
                  chosen.agents().stream()
                      .map(a -> a.name())
                      .collect(Collectors.joining(" and "))));
    }
    return interviews.begin(spec.id(), chosen, cancellation);
  }

  /** Rounds of questions and answers, until nothing is open or nobody is there to answer. */
  private Spec interview(
      Planner planner, Spec begun, @Nullable ReadAnswers file, Cancellation cancellation) {
    Spec spec = begun;
    RecordAnswers record = new RecordAnswers(planner.specs());
    while (true) {
      Planning planning = Objects.requireNonNull(spec.artifacts().planning());
      List<Given> given = file == null ? List.of() : file.to(planning);
      if (!given.isEmpty()) {
        spec = saved(record.record(spec.id(), given, spec.version(), PlanOptions.submitter()));
      } else if (!planning.open().isEmpty() && !common.json && context.console().canAsk()) {
        spec = new AskInTerminal(context.console(), record, context.columns()).ask(spec);
        if (!Objects.requireNonNull(spec.artifacts().planning()).open().isEmpty()) {
          return spec; // stopped
        }
        ShowSpec.hint(context, "no question is open; going on ...");
      } else {
        return spec;
      }
      if (Objects.requireNonNull(spec.artifacts().planning()).open().isEmpty()) {
        spec = planner.interviews().goOn(spec.id(), cancellation);
      }
    }
  }

  private static Spec saved(Result result) {
    return switch (result) {
      case Result.Saved saved -> saved.spec();
      case Result.Conflict conflict -> throw WinnowException.usage(conflict.message());
    };
  }

  private void next(Spec spec, boolean open) {
    if (open) {
      ShowSpec.hint(
          context,
          "questions are open. Go on: %s plan %s [--answers FILE]"
              .formatted(Invoked.as(), spec.id()));
    } else if (spec.artifacts().validation() != null && spec.artifacts().validation().valid()) {
      ShowSpec.hint(context, "run it: %s run --spec %s".formatted(Invoked.as(), spec.id()));
    }
  }
}
