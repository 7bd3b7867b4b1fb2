package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow runs cancel}. */
@Command(description = "Stops a run, wherever it is worked on.")
final class CancelRunCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  CancelRunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (Services services = common.open(context)) {
      UUID run = services.find(id);
      if (!services.cancel(run, PATIENCE)) {
        throw WinnowException.infrastructure(
            "The node that works on run %s has not stopped it within %d s; it will as soon as it can."
                .formatted(run, PATIENCE.toSeconds()),
            null);
      }
      String outcome = services.report(run).outcome();
      context.console().err().println("winnow: run %s: %s".formatted(run, outcome));
      common.result(context, "", "run", run, "outcome", outcome);
    }
    return 0;
  }
}
