package dev.winnow.app;

import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.checkpoint.Budget;
import dev.winnow.run.RunOptions;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Runs a change and shows it from the first event to the report. */
final class StartChange {

  private final Context context;
  private final Settings settings;

  StartChange(Context context, Settings settings) {
    this.context = context;
    this.settings = settings;
  }

  /** Returns the exit code. */
  int run(
      RunOptions options,
      Optional<String> judge,
      boolean mayRunWithoutSandbox,
      int priority,
      boolean json) {
    return follow(
        services ->
            services.submit(
                options, judge, mayRunWithoutSandbox, context.directory(), priority, false),
        mayRunWithoutSandbox,
        json);
  }

  /** Goes on with a run that was interrupted; returns the exit code. */
  int resume(String id, Budget budget, boolean json) {
    return follow(
        services -> {
          UUID run = services.find(id);
          services.resume(run, budget, false);
          return run;
        },
        json);
  }

  /** Works on the run that this gives, and shows it; returns the exit code. */
  int follow(Function<Services, UUID> start, boolean json) {
    return follow(start, false, json);
  }

  private int follow(Function<Services, UUID> start, boolean sandboxOptional, boolean json) {
    Console console = context.console();
    ReportView report;
    try (Services services = Services.openForWork(context, settings, sandboxOptional);
        RunView view = RunView.of(console, json)) {
      UUID run = start.apply(services);
      report = services.workOn(run, view, context.interrupts().listen());
    }
    if (json) {
      tellPeople(report);
    } else {
      if (console.errIsTerminal() && console.outIsTerminal()) {
        console.err().println();
      }
      RenderReport.lines(report, console.outStyle(), context.columns())
          .forEach(console.out()::println);
    }
    return Outcomes.exitCode(report.outcome());
  }

  /** Machines read stdout; whoever looks at stderr still learns why there is no decision. */
  private void tellPeople(ReportView report) {
    if (report.decision() == null && !context.console().errIsTerminal()) {
      context
          .console()
          .err()
          .println(
              "winnow: run %s %s: %s"
                  .formatted(
                      report.run(), report.outcome(), SafeText.line(report.reason(), 2_000)));
    }
  }
}
