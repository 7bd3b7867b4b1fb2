package dev.winnow.app;

import dev.winnow.app.CommandLineRunner.Context;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow runs deliver}. */
@Command(
    description = "Creates the branch of an accepted run whose node did not have the repository.")
final class DeliverRunCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  DeliverRunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (Services services = common.open(context)) {
      UUID run = services.find(id);
      String branch = services.deliver(run);
      common.result(context, branch, "run", run, "branch", branch);
    }
    return 0;
  }
}
