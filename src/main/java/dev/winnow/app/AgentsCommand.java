package dev.winnow.app;

import dev.winnow.Json;
import dev.winnow.app.CommandLineRunner.Context;
import java.nio.file.Files;
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
    settings
        .agents()
        .values()
        .forEach(
            agent -> console.out().println(common.json ? Json.write(fields(agent)) : line(agent)));
    if (settings.agents().isEmpty() && !common.json) {
      console
          .err()
          .println(
              "No agents are declared in winnow.yaml; scripted:FILE works in --agents at once."
                  + " See docs/scripted-agents.md.");
    }
    return 0;
  }

  private static Map<String, Object> fields(AgentSetting agent) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", "agent");
    fields.put("agent", agent.name());
    fields.put("kind", agent.kind().name().toLowerCase(Locale.ROOT));
    fields.put("usable", problem(agent).isEmpty());
    fields.put("problem", problem(agent).isEmpty() ? null : problem(agent));
    fields.put("detail", detail(agent));
    return fields;
  }

  private static String line(AgentSetting agent) {
    String problem = problem(agent);
    return "%-20s %-9s %s%s"
        .formatted(
            agent.name(),
            agent.kind().name().toLowerCase(Locale.ROOT),
            SafeText.line(detail(agent), 80),
            problem.isEmpty() ? "" : "  (" + problem + ")");
  }

  private static String detail(AgentSetting agent) {
    return switch (agent.kind()) {
      case SDK -> agent.options().getOrDefault("model", "");
      case CLI -> agent.options().getOrDefault("driver", "");
      case HTTP -> agent.options().getOrDefault("endpoint", "").replaceAll("[?#].*|//[^/]*@", "");
      case SCRIPTED -> String.valueOf(agent.script());
    };
  }

  private static String problem(AgentSetting agent) {
    return switch (agent.kind()) {
      case SDK, CLI, HTTP -> "this version drives scripted agents only";
      case SCRIPTED ->
          agent.script() != null && Files.isReadable(agent.script())
              ? ""
              : "the script is not readable";
    };
  }
}
