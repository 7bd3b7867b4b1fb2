package dev.winnow.app;

import dev.winnow.app.CommandLineRunner.Context;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow runs watch}. */
@Command(description = "Shows a run from its first event, and follows it to its end.")
final class WatchRun implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  WatchRun(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ReportView report;
    try (Services services = common.open(context)) {
      UUID run = services.find(id);
      try (RunView view = RunView.of(context.console(), common.json)) {
        services.watch(run, view, context.console().err()::println, context.interrupts().listen());
      }
      report = services.report(run);
    }
    if (!common.json) {
      ShowRun.show(context, report, false);
    }
    return Outcomes.exitCode(report.outcome());
  }
}
