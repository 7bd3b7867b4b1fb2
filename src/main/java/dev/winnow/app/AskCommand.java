package dev.winnow.app;

import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.spec.Task;
import java.io.PrintStream;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code winnow ask}: a question to several agents, and the best answer. */
@Command(description = "Asks agents a question, and prints the answer that a judge finds best.")
final class AskCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "QUESTION", description = "The question; - reads stdin.")
  private String question = "";

  @Mixin private final AgentOptions agents = new AgentOptions();

  @Mixin private final BudgetOptions budget = new BudgetOptions();

  AskCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Task what = new ReadTask(context).read(question.equals("-") ? null : question, file());
    Settings settings = common.settings(context, context.directory());
    ReportView report;
    try (Services services = Services.open(context, settings);
        RunView view = RunView.of(context.console(), common.json)) {
      UUID run =
          services.ask(
              what,
              agents.agents(settings),
              agents.judge(),
              agents.maxTime(),
              budget.budget(),
              context.directory());
      report = services.workOn(run, view, context.interrupts().listen());
    }
    if (!common.json) {
      print(report);
    }
    return Outcomes.exitCode(report.outcome());
  }

  private @Nullable String file() {
    return question.equals("-") ? "-" : null;
  }

  /** The winner's answer alone on stdout, so that it can be piped; why, on stderr. */
  private void print(ReportView report) {
    PrintStream out = context.console().out();
    String winner = report.decision() == null ? null : report.decision().winner();
    boolean one = false;
    for (ReportView.AnswerView answer : report.answers()) {
      if (answer.candidate().equals(winner)) {
        out.println(SafeText.block(answer.text()));
        one = true;
      }
    }
    if (!one) {
      RenderReport.lines(report, context.console().outStyle(), context.columns())
          .forEach(out::println);
      return;
    }
    context
        .console()
        .err()
        .println(
            "%n%s%nrun %s"
                .formatted(
                    SafeText.line(
                        report.decision() == null ? "" : report.decision().rationale(), 2_000),
                    report.run()));
  }
}
