package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.agent.AgentRegistry;
import dev.winnow.agent.AgentState;
import dev.winnow.app.CommandLineRunner.Context;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code winnow agents}. */
@Command(description = "Lists the agents that the settings declare.")
final class AgentsCommand implements Callable<Integer> {

  private final Context context;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Option(names = "--repo", paramLabel = "DIR", description = "The git repository (default: here).")
  private Path repository = Path.of("");

  AgentsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Path root = context.directory().resolve(repository).normalize();
    Settings settings = common.settings(context, root);
    Console console = context.console();
    AgentRegistry registry = Agents.registry(settings);
    for (AgentSetting agent : settings.agents().values()) {
      AgentState state = registry.state(agent.name());
      console.out().println(common.json ? Json.write(fields(agent, state)) : line(agent, state));
    }
    if (settings.agents().isEmpty() && !common.json) {
      console
          .err()
          .println(
              "No agents: declare some in winnow.yaml, or set OPENAI_API_KEY or ANTHROPIC_API_KEY."
                  + " scripted:FILE works in --agents at once; see docs/agents.md.");
    }
    return 0;
  }

  private static Map<String, Object> fields(AgentSetting agent, AgentState state) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", "agent");
    fields.put("agent", agent.name());
    fields.put("kind", kind(agent));
    fields.put("state", state.status());
    fields.put("usable", state.ready());
    fields.put("problem", state.ready() ? null : state.detail());
    fields.put("detail", agent.config().detail());
    fields.put("source", agent.where());
    return fields;
  }

  private static String line(AgentSetting agent, AgentState state) {
    return "%-20s %-9s %-14s %s%s"
        .formatted(
            agent.name(),
            kind(agent),
            state.status().label(),
            SafeText.line(agent.config().detail(), 80),
            state.ready() ? "" : "  (" + SafeText.line(state.detail(), 200) + ")");
  }

  private static String kind(AgentSetting agent) {
    return agent.config().kind().name().toLowerCase(Locale.ROOT);
  }
}
