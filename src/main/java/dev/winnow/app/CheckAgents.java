package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.AgentState;
import dev.winnow.app.CommandLineRunner.Context;
import dev.winnow.checkpoint.Budget;
import dev.winnow.spec.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code winnow agents check}: one tiny prompt, as a run of its own, so that its cost is recorded.
 */
@Command(description = "Sends one tiny prompt to agents, and says whether they answer.")
final class CheckAgents implements Callable<Integer> {

  private static final String PROMPT = "Answer with the single word: ready";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "The agents (default: all that are configured).")
  private List<String> names = List.of();

  @Option(names = "--repo", paramLabel = "DIR", description = "The git repository (default: here).")
  private Path repository = Path.of("");

  CheckAgents(Context context) {
    this.context = context;
  }

  private record Checked(String agent, boolean works, String detail) {}

  @Override
  public Integer call() {
    Settings settings =
        common.settings(context, context.directory().resolve(repository).normalize());
    List<String> wanted = names.isEmpty() ? List.copyOf(settings.agents().keySet()) : names;
    if (wanted.isEmpty()) {
      throw WinnowException.usage("There is no agent to check: see winnow agents.");
    }
    AgentRegistry registry = Agents.registry(settings);
    for (String name : wanted) {
      if (!name.startsWith("scripted:")) {
        AgentState _ = registry.state(name); // an unknown name is a mistake of the command
      }
    }
    boolean all = true;
    try (Services services = Services.open(context, settings)) {
      for (String name : wanted) {
        Checked checked = check(services, registry, name);
        all &= checked.works();
        print(checked);
      }
    }
    return all ? 0 : WinnowException.Category.AGENT.exitCode();
  }

  private Checked check(Services services, AgentRegistry registry, String name) {
    if (!name.startsWith("scripted:")) {
      AgentState state = registry.state(name);
      if (!state.ready()) {
        return new Checked(name, false, state.detail());
      }
    }
    UUID run =
        services.ask(
            new Task(PROMPT),
            List.of(name),
            Optional.empty(),
            PATIENCE,
            Budget.UNLIMITED,
            context.directory());
    ReportView report = services.workOn(run, _ -> {}, context.interrupts().listen());
    for (ReportView.AnswerView answer : report.answers()) {
      String failure = answer.failure();
      return new Checked(name, failure == null, failure == null ? answer.text() : failure);
    }
    return new Checked(name, false, report.reason());
  }

  private void print(Checked checked) {
    if (common.json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("type", "check");
      line.put("agent", checked.agent());
      line.put("works", checked.works());
      line.put("detail", SafeText.line(checked.detail(), 500));
      context.console().out().println(Json.write(line));
      return;
    }
    Style style = context.console().outStyle();
    context
        .console()
        .out()
        .println(
            "%s %s %s"
                .formatted(
                    checked.works() ? style.good(Marks.GOOD) : style.bad(Marks.BAD),
                    SafeText.pad(SafeText.line(checked.agent(), 40), 20),
                    SafeText.line(checked.detail(), 200)));
  }
}
