package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.run.ForkRun;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code winnow runs fork}. */
@Command(
    description = {
      "Makes a new run that goes on from a checkpoint of another one.",
      "Conversations, files and money are as they were there; nothing before it is paid again.",
    })
final class ForkRunCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Mixin private final BudgetOptions budget = new BudgetOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  @Option(
      names = "--at",
      required = true,
      paramLabel = "CHECKPOINT",
      description = "Its number or label, see 'winnow runs checkpoints ID'.")
  private String at = "";

  @Option(
      names = "--agents",
      paramLabel = "A,B:2",
      description = "Other agents: the first one goes on with c1, the second with c2, ...")
  private @Nullable String agents;

  @Option(names = "--task", paramLabel = "TEXT", description = "Another request.")
  private @Nullable String task;

  @Option(names = "--task-file", paramLabel = "FILE", description = "The same from a file, or -.")
  private @Nullable String taskFile;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for people.")
  private @Nullable String reason;

  @Option(names = "--detach", description = "Leave the work to other nodes.")
  private boolean detach;

  ForkRunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Settings settings = common.settings(context, context.directory());
    ForkRun.Changes changes =
        new ForkRun.Changes(
            task == null && taskFile == null
                ? Optional.empty()
                : Optional.of(new ReadTask(context).read(task, taskFile)),
            Optional.ofNullable(agents).map(ForkRunCommand::names),
            budget.budget(),
            Optional.ofNullable(reason).map(text -> SafeText.line(text, 500)));
    if (!detach) {
      return new StartChange(context, settings)
          .follow(
              services -> services.fork(services.find(id), at, changes, context.directory(), false),
              common.json);
    }
    try (Services services = Services.open(context, settings)) {
      UUID fork = services.fork(services.find(id), at, changes, context.directory(), true);
      common.result(context, fork.toString(), "run", fork);
    }
    return 0;
  }

  private static List<String> names(String agents) {
    List<String> given = Arrays.stream(agents.split(",", -1)).map(String::strip).toList();
    if (given.stream().anyMatch(String::isEmpty)) {
      throw WinnowException.usage("--agents has an empty name: write them as a,b:2");
    }
    return given;
  }
}
