package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.run.TimelineSpan;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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

  @Option(
      names = "--timeline",
      description =
          "Shows where the time went: every step of the run, from its beginning to its end.")
  private boolean timeline;

  @Override
  public Integer call() {
    ReportView report;
    try (Services services = common.open(context)) {
      if (timeline) {
        return timeline(services.timeline(services.find(id)));
      }
      report = services.report(services.find(id));
    }
    show(context, report, common.json);
    return 0;
  }

  private int timeline(List<TimelineSpan> spans) {
    Console console = context.console();
    if (common.json) {
      spans.forEach(span -> console.out().println(Json.write(span)));
    } else if (spans.isEmpty()) {
      console
          .out()
          .println("Nothing is recorded: the run has not begun, or an older Winnow made it.");
    } else {
      RenderTimeline.lines(spans, console.outStyle(), context.columns())
          .forEach(console.out()::println);
    }
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
