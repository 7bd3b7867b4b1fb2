package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.checkpoint.Budget;
import dev.winnow.checkpoint.Checkpoint;
import java.io.PrintStream;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow runs checkpoints}. */
@Command(description = "Lists the checkpoints of a run; 'winnow runs fork' goes on from one.")
final class CheckpointsCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  CheckpointsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    UUID run;
    List<Checkpoint> checkpoints;
    boolean costKnown;
    try (Services services = common.open(context)) {
      run = services.find(id);
      checkpoints = services.checkpoints(run);
      costKnown = services.ledger(run).stream().allMatch(entry -> entry.spent().costKnown());
    }
    PrintStream out = context.console().out();
    if (common.json) {
      checkpoints.forEach(c -> out.println(Json.write(c)));
      return 0;
    }
    for (Checkpoint c : checkpoints) {
      out.println(
          "%4d  %-24s %-18s %s %,10d tokens"
              .formatted(
                  c.sequence(),
                  SafeText.line(c.label(), 24),
                  SafeText.line(c.state(), 18),
                  Budget.dollars(c.costMicros()) + (costKnown ? "" : "+"),
                  c.tokens()));
    }
    if (!costKnown) {
      context.console().err().println("+ and what models without a known price cost");
    }
    context
        .console()
        .err()
        .println(
            checkpoints.isEmpty()
                ? "Run %s has no checkpoints.".formatted(run)
                : "Go on from one: winnow runs fork %s --at N".formatted(run));
    return 0;
  }
}
