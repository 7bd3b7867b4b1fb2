package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.spec.Planning;
import dev.winnow.spec.Spec;
import dev.winnow.spec.Task;
import dev.winnow.spec.Validation;
import dev.winnow.spec.conductor.ImportSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code winnow spec-run}: makes a spec of a request. */
@Command(description = "Makes a spec of a task; validates it and starts its interview if asked to.")
final class SpecRunCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final PlanOptions options = new PlanOptions();

  @Option(
      names = "--from",
      paramLabel = "PATH",
      description = "Import instead: a Markdown file, or a directory of spec-kit with spec.md.")
  private @Nullable Path from;

  @Option(
      names = "--validate",
      description = "Validate the spec; the exit code is 1 when it is not valid.")
  private boolean validate;

  @Option(names = "--plan", description = "Start the interview, and print its questions.")
  private boolean plan;

  SpecRunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (from != null && (options.task != null || options.taskFile != null)) {
      throw WinnowException.usage("--from and --task exclude each other");
    }
    ImportSpec imported = from == null ? null : ImportSpec.from(context.directory().resolve(from));
    Task task =
        imported == null
            ? new ReadTask(context).read(options.task, options.taskFile)
            : imported.task();
    Settings settings = common.settings(context, options.root(context));
    try (Services services = Services.open(context, settings)) {
      Planner planner = services.planner();
      Spec spec =
          imported == null
              ? planner.specs().create(options.draft(context, task))
              : planner
                  .specs()
                  .create(
                      options.draft(context, task).titled(imported.title()), imported.planning());
      if (plan) {
        spec =
            planner
                .interviews()
                .begin(
                    spec.id(),
                    planner.options(options.wishes(), context.directory()),
                    context.interrupts().listen());
      }
      if (validate) {
        List<Validation.Finding> repository =
            services.checkRepository(
                spec, options.repositoryNamed(), context.interrupts().listen());
        spec = planner.specs().validate(spec.id(), repository);
      }
      ShowSpec.print(context, spec, common.json);
      Planning planning = spec.artifacts().planning();
      if (planning != null && !planning.open().isEmpty()) {
        ShowSpec.hint(context, "answer: %s plan %s".formatted(Invoked.as(), spec.id()));
      }
      Validation validation = spec.artifacts().validation();
      return validation == null || validation.valid() ? 0 : 1;
    }
  }
}
