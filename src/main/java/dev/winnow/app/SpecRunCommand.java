package dev.winnow.app;

import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.spec.Planning;
import dev.winnow.spec.Spec;
import dev.winnow.spec.Task;
import dev.winnow.spec.Validation;
import java.util.List;
import java.util.concurrent.Callable;
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
    Task task = new ReadTask(context).read(options.task, options.taskFile);
    Settings settings = common.settings(context, options.root(context));
    try (Services services = Services.open(context, settings)) {
      Planner planner = services.planner();
      Spec spec = planner.specs().create(options.draft(context, task));
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
