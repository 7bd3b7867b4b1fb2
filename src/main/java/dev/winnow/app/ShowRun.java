package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow runs show}. */
@Command(description = "Shows the report of a run: matrix, decision, branch.")
final class ShowRun implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  ShowRun(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ReportView report;
    try (Services services =
        Services.open(context, common.settings(context, context.directory()))) {
      report = services.report(services.find(id));
    }
    show(context, report, common.json);
    return 0;
  }

  static void show(Context context, ReportView report, boolean json) {
    Console console = context.console();
    if (json) {
      console.out().println(Json.write(report));
      return;
    }
    RenderReport.lines(report, console.outStyle(), context.columns())
        .forEach(console.out()::println);
  }
}
