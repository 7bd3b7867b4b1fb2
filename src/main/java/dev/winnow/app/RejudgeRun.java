package dev.winnow.app;

import dev.winnow.app.CommandLineRunner.Context;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow runs rejudge}. */
@Command(description = "Decides again from the stored evidence, with the rules of this version.")
final class RejudgeRun implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "ID", description = "The run's id, its beginning, or latest.")
  private String id = "";

  RejudgeRun(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ReportView report;
    try (Services services = common.open(context)) {
      report = services.rejudge(services.find(id));
    }
    ShowRun.show(context, report, common.json);
    return Outcomes.exitCode(report.outcome());
  }
}
