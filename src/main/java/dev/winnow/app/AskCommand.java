package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.run.RunOptions;
import dev.winnow.spec.Task;
import java.io.PrintStream;
import java.time.Duration;
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

/** {@code winnow ask}: a question to several agents, and the best answer. */
@Command(description = "Asks agents a question, and prints the answer that a judge finds best.")
final class AskCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "QUESTION", description = "The question; - reads stdin.")
  private String question = "";

  @Option(
      names = "--agents",
      paramLabel = "A,B:2",
      description = "Agents by name, or scripted:FILE (default: as for winnow run).")
  private @Nullable String agents;

  @Option(
      names = "--judge",
      paramLabel = "A",
      description = "The agent that judges several answers (default: JUDGE_MODEL).")
  private @Nullable String judge;

  @Option(
      names = "--max-time",
      paramLabel = "D",
      converter = RunCommand.ConvertDuration.class,
      description =
          "Limit of the whole run (default: 60m); when it is reached, the exit code is 3.")
  private Duration maxTime = RunOptions.USUAL_TIME;

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
              agents(settings),
              Optional.ofNullable(judge),
              maxTime,
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

  private List<String> agents(Settings settings) {
    if (agents != null) {
      return Arrays.stream(agents.split(",", -1)).map(String::strip).toList();
    }
    List<String> usual = settings.usualAgents();
    if (usual.isEmpty()) {
      throw WinnowException.usage(
          "no agents: give --agents (such as scripted:FILE), declare some in winnow.yaml, or set OPENAI_API_KEY or ANTHROPIC_API_KEY");
    }
    return usual;
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
