package dev.winnow.app;

import dev.winnow.app.CommandLineRunner.Context;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code winnow runs resume}. */
@Command(
    description = {
      "Goes on with a run that was interrupted, failed, was cancelled, or ran out of time.",
      "What was recorded is not done again. A run that another process works on is only shown."
    })
final class ResumeRunCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  @Mixin private final BudgetOptions budget = new BudgetOptions();

  @Option(names = "--detach", description = "Leave the work to other nodes.")
  private boolean detach;

  ResumeRunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings(context, context.directory());
    if (!detach) {
      return new StartChange(context, settings).resume(id, budget.budget(), common.json);
    }
    try (Services services = Services.open(context, settings)) {
      UUID run = services.find(id);
      services.resume(run, budget.budget(), true);
      common.result(context, run.toString(), "run", run);
    }
    return 0;
  }
}
