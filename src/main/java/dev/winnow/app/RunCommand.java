package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.run.RunOptions;
import dev.winnow.run.RunSource;
import dev.winnow.run.RunTerms;
import dev.winnow.run.StartFromSpec;
import dev.winnow.spec.Spec;
import dev.winnow.spec.SpecService;
import dev.winnow.spec.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code winnow run}: the whole pipeline on a repository. */
@Command(
    description = "Lets agents make a change, and delivers the one that the evidence supports.")
final class RunCommand implements Callable<Integer> {

  /** What happens with the winner. */
  enum Apply {
    branch,
    none
  }

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Option(names = "--repo", paramLabel = "DIR", description = "The git repository (default: here).")
  private @Nullable Path repository;

  @Option(names = "--task", paramLabel = "TEXT", description = "What should change.")
  private @Nullable String task;

  @Option(
      names = "--task-file",
      paramLabel = "FILE",
      description = "A file that says what should change; - reads stdin.")
  private @Nullable String taskFile;

  @Option(
      names = "--spec",
      paramLabel = "ID",
      description = "A spec that says what should change; its criteria go to tester and judge.")
  private @Nullable String spec;

  @Option(
      names = "--track",
      paramLabel = "ID",
      description = "Do the next open task of this Conductor track, and mark it when accepted.")
  private @Nullable String track;

  @Option(names = "--base", paramLabel = "REV", description = "Where to start (default: HEAD).")
  private @Nullable String base;

  @Option(
      names = "--tester",
      paramLabel = "A",
      description = "An agent that writes independent tests and never sees a candidate.")
  private @Nullable String tester;

  @Option(
      names = "--test-command",
      paramLabel = "C",
      description = "How to run the tests, when they are not detected.")
  private @Nullable String testCommand;

  @Option(
      names = "--junit",
      paramLabel = "GLOB",
      description = "Where the test command leaves its JUnit XML reports.")
  private @Nullable String junit;

  @Option(
      names = "--runner",
      paramLabel = "NAME",
      description = "The test runner, when several fit: maven, gradle, npm, node, pytest, ...")
  private @Nullable String runner;

  @Option(
      names = "--apply",
      paramLabel = "branch|none",
      description = "Deliver the winner as a new branch, or not (default: ${DEFAULT-VALUE}).")
  private Apply apply = Apply.branch;

  @Option(
      names = "--include-uncommitted",
      description = "Take your uncommitted work into the base.")
  private boolean includeUncommitted;

  @Option(
      names = "--approve",
      description =
          "Deliver only after a person said yes ('winnow runs approve'); the exit code is 4.")
  private boolean approve;

  @Mixin private final AgentOptions agents = new AgentOptions();

  @Mixin private final BudgetOptions budget = new BudgetOptions();

  @Option(
      names = "--detach",
      description = "Only queue the run, and print its id; nodes ('winnow node') work on it.")
  private boolean detach;

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "Runs with a higher one are taken first, -100 to 100 (default: 0).")
  private int priority;

  RunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (junit != null && testCommand == null) {
      throw WinnowException.usage("--junit only goes with --test-command");
    }
    if (runner != null && testCommand != null) {
      throw WinnowException.usage("--runner and --test-command exclude each other");
    }
    if (priority < -100 || priority > 100) {
      throw WinnowException.usage("--priority must be from -100 to 100");
    }
    Path root = directory(repository == null ? Path.of("") : repository);
    Settings settings = common.settings(context, root);
    Optional<Task> given = task();
    List<String> who = agents.agents(settings);
    if (detach) {
      return submit(given, root, settings, who);
    }
    return new StartChange(context, settings)
        .follow(
            services ->
                services.submit(
                    options(services, given, root, settings, who),
                    agents.judge(),
                    false,
                    context.directory(),
                    priority,
                    false),
            common.json);
  }

  private Path directory(Path path) {
    Path root = context.directory().resolve(path).normalize();
    if (!Files.isDirectory(root)) {
      throw WinnowException.usage(root + " is not a directory: give --repo a git repository");
    }
    return root;
  }

  /** The user's own words; empty when a spec or a track says what to do. */
  private Optional<Task> task() {
    if (spec == null && track == null) {
      return Optional.of(new ReadTask(context).read(task, taskFile));
    }
    if (task != null || taskFile != null || (spec != null && track != null)) {
      throw WinnowException.usage("--task, --task-file, --spec and --track exclude each other");
    }
    return Optional.empty();
  }

  private RunOptions options(
      Services services, Optional<Task> given, Path root, Settings settings, List<String> who) {
    if (given.isPresent()) {
      return options(given.get(), Optional.empty(), root, settings, who);
    }
    StartFromSpec planned;
    Path place = root;
    if (track != null) {
      planned = StartFromSpec.track(root, track);
    } else {
      SpecService specs = services.planner().specs();
      Spec found = specs.find(String.valueOf(spec));
      planned = StartFromSpec.spec(specs, found);
      if (repository == null && found.repository().isPresent()) {
        place = directory(Path.of(found.repository().get()));
      }
    }
    if (!planned.notice().isEmpty()) {
      context.console().err().println("winnow: " + SafeText.line(planned.notice(), 500));
    }
    return options(planned.task(), Optional.of(planned.source()), place, settings, who);
  }

  private RunOptions options(
      Task what, Optional<RunSource> source, Path root, Settings settings, List<String> who) {
    return new RunOptions(
        what,
        root,
        Optional.ofNullable(base),
        includeUncommitted,
        who,
        Optional.ofNullable(tester),
        Optional.ofNullable(runner),
        Optional.ofNullable(testCommand),
        Optional.ofNullable(junit),
        agents.maxTime(),
        apply == Apply.branch,
        new RunTerms(
            budget.budget(), approve || settings.keep().approve(), settings.keep().answerWithin()),
        source);
  }

  private int submit(Optional<Task> given, Path root, Settings settings, List<String> who) {
    try (Services services = Services.open(context, settings)) {
      UUID run =
          services.submit(
              options(services, given, root, settings, who),
              agents.judge(),
              false,
              context.directory(),
              priority,
              true);
      context
          .console()
          .out()
          .println(common.json ? Json.write(Map.of("type", "queued", "run", run)) : run.toString());
      services
          .whyQueued(run)
          .ifPresent(why -> context.console().err().println("winnow: queued. " + why));
      return 0;
    }
  }
}
