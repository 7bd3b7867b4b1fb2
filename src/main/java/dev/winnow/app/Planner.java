package dev.winnow.app;

import dev.winnow.WinnowException;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentRequest;
import dev.winnow.agent.Provider;
import dev.winnow.agent.StoreAgents;
import dev.winnow.checkpoint.Budget;
import dev.winnow.interview.ConductInterview;
import dev.winnow.interview.InterviewOptions;
import dev.winnow.interview.TraceLinks;
import dev.winnow.run.Node;
import dev.winnow.spec.PlanningMetadata.Mode;
import dev.winnow.spec.SpecService;
import dev.winnow.store.Database;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Specs and interviews, wired by the settings; who asks when nobody says so. */
final class Planner {

  /**
   * What the caller wants of an interview; what is empty comes from the settings.
   *
   * @param agents as {@code --agents} has them
   */
  record Wishes(
      Optional<Mode> mode,
      OptionalInt maxQuestions,
      List<String> agents,
      Optional<String> judge,
      Budget budget) {
    Wishes {
      agents = List.copyOf(agents);
    }
  }

  private final Settings settings;
  private final Database database;
  private final ThisMachine machine;

  Planner(Settings settings, Database database, ThisMachine machine) {
    this.settings = settings;
    this.database = database;
    this.machine = machine;
  }

  SpecService specs() {
    return new SpecService(database, settings.models().planning().artifacts());
  }

  ConductInterview interviews() {
    return new ConductInterview(
        database,
        specs(),
        machine.agents(),
        settings.dataDirectory(),
        Node.name(),
        new TraceLinks(settings.models().planning().traces()));
  }

  /**
   * How an interview is held.
   *
   * @param directory what script files are relative to
   * @throws WinnowException of category USAGE or SETTINGS when the agents for it are not there
   */
  InterviewOptions options(Wishes wishes, Path directory) {
    Mode mode = wishes.mode().orElseGet(() -> mode(wishes));
    List<String> names =
        switch (mode) {
          case STUB -> List.of();
          case SINGLE -> List.of(single(wishes));
          case DUAL -> dual(wishes);
        };
    Optional<String> judge =
        mode == Mode.DUAL
            ? wishes
                .judge()
                .or(() -> Optional.ofNullable(settings.models().judge()).map(_ -> Agents.JUDGE))
            : Optional.empty();
    StoreAgents store = new StoreAgents(machine.agents());
    List<AgentRequest> agents =
        names.isEmpty()
            ? List.of()
            : machine.agents().resolve(names, directory).stream()
                .map(agent -> store.request(agent, directory))
                .toList();
    return new InterviewOptions(
        mode,
        wishes.maxQuestions(),
        agents,
        judge.map(name ->
            store.request(
                machine.agents().resolve(List.of(name), directory).getFirst(), directory)),
        wishes.budget());
  }

  private Mode mode(Wishes wishes) {
    if (!wishes.agents().isEmpty()) {
      return wishes.agents().size() == 1 ? Mode.SINGLE : Mode.DUAL;
    }
    Optional<Boolean> live = settings.models().planning().live();
    if (!live.orElse(true)) {
      return Mode.STUB;
    }
    if (settings.models().dual()) {
      return Mode.DUAL;
    }
    return live.isPresent() || asking().findFirst().isPresent() ? Mode.SINGLE : Mode.STUB;
  }

  private String single(Wishes wishes) {
    if (wishes.agents().size() > 1) {
      throw WinnowException.usage("Mode single has one agent: give --agents one name.");
    }
    return wishes.agents().stream()
        .findFirst()
        .or(() -> asking().findFirst())
        .orElseThrow(() ->
            new WinnowException(
                WinnowException.Category.SETTINGS,
                "No model can ask: set OPENAI_API_KEY or ANTHROPIC_API_KEY, declare an agent, or use --mode stub."));
  }

  private List<String> dual(Wishes wishes) {
    if (!wishes.agents().isEmpty()) {
      if (wishes.agents().size() != 2) {
        throw WinnowException.usage("Mode dual has two agents: give --agents two names.");
      }
      return wishes.agents();
    }
    List<String> both = List.of(Provider.OPENAI.label(), Provider.ANTHROPIC.label());
    List<String> missing =
        both.stream().filter(name -> !settings.agents().containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new WinnowException(
          WinnowException.Category.SETTINGS,
          "Mode dual needs OpenAI and Anthropic, and %s is not there: set OPENAI_API_KEY and ANTHROPIC_API_KEY, or give --agents two names."
              .formatted(String.join(" and ", missing)));
    }
    return both;
  }

  /** Agents that can ask, the one of {@code LLM_PROVIDER} first. */
  private Stream<String> asking() {
    Provider provider = settings.models().provider();
    Stream<String> usual =
        Stream.concat(
            Stream.ofNullable(provider).map(Provider::label),
            Stream.concat(settings.usualAgents().stream(), settings.agents().keySet().stream()));
    return usual
        .distinct()
        .filter(name -> {
          AgentSetting agent = settings.agents().get(name);
          return agent != null && !(agent.config() instanceof AgentConfig.Cli);
        });
  }

  /** The checkout that a request is about when nobody names one. */
  static Optional<Path> checkout(Path directory) {
    return Optional.ofNullable(FindCheckout.above(directory));
  }
}
