package dev.winnow.agent;

import dev.winnow.WinnowException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The agents of the settings, by name, and what {@code --agents} says about them. */
public final class AgentRegistry {

  public static final int MAX_CANDIDATES = 16;

  private static final String INLINE = "scripted:";
  private static final Pattern COPIES = Pattern.compile("(.+):(-?\\d+)");

  private final Map<String, AgentConfig> configured;
  private final AgentFactories factories;

  public AgentRegistry(Map<String, AgentConfig> configured, AgentFactories factories) {
    this.configured = Collections.unmodifiableMap(new LinkedHashMap<>(configured));
    this.factories = factories;
  }

  /** The agents in the order in which they were declared. */
  public Map<String, AgentConfig> configured() {
    return configured;
  }

  /** The names of the agents of a kind. */
  public List<String> ofKind(Agent.Kind kind) {
    return named(config -> config.kind() == kind);
  }

  /** The names of the built-in agents that use a provider's models. */
  public List<String> ofProvider(Provider provider) {
    return named(config -> config instanceof AgentConfig.Sdk sdk && sdk.provider() == provider);
  }

  private List<String> named(Predicate<AgentConfig> wanted) {
    return configured.entrySet().stream()
        .filter(entry -> wanted.test(entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether a declared agent could be asked. */
  public AgentState state(String name) {
    AgentConfig config = configured.get(name);
    if (config == null) {
      throw unknown(name);
    }
    return factories.state(config);
  }

  /**
   * Resolves {@code name}, {@code name:COPIES}, {@code scripted:FILE} and {@code
   * scripted:FILE:COPIES}, one agent per candidate, in the order given.
   *
   * @param baseDirectory what relative script files are relative to
   * @throws WinnowException of category USAGE or SETTINGS with what is wrong
   */
  public List<NamedAgent> resolve(List<String> specs, Path baseDirectory) {
    List<Agent> agents = new ArrayList<>();
    Set<String> problems = new LinkedHashSet<>();
    for (String spec : specs) {
      try {
        addCopies(spec.strip(), baseDirectory, agents);
      } catch (WinnowException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw all(problems);
    }
    if (agents.isEmpty()) {
      throw WinnowException.usage(
          "No agent given: use --agents NAME[,NAME:COPIES,scripted:FILE]. " + known());
    }
    Map<String, Integer> total = new HashMap<>();
    agents.forEach(agent -> total.merge(agent.name(), 1, Integer::sum));
    Map<String, String> names = AgentNames.of(total.keySet());
    Map<String, Integer> seen = new HashMap<>();
    List<NamedAgent> named = new ArrayList<>();
    for (Agent agent : agents) {
      String name = names.getOrDefault(agent.name(), agent.name());
      int number = seen.merge(agent.name(), 1, Integer::sum);
      boolean alone = total.getOrDefault(agent.name(), 1) == 1;
      named.add(new NamedAgent(alone ? name : name + "#" + number, agent));
    }
    return named;
  }

  private void addCopies(String spec, Path base, List<Agent> agents) {
    if (spec.isEmpty()) {
      throw WinnowException.usage("There is an empty name in --agents: remove the extra comma.");
    }
    Matcher matcher = COPIES.matcher(spec);
    // a declared name or an existing file wins over reading its end as a number of copies
    boolean counted = !exists(spec, base) && matcher.matches();
    String name = counted ? matcher.group(1) : spec;
    int copies = counted ? copies(spec, matcher.group(2)) : 1;
    if (agents.size() + copies > MAX_CANDIDATES) {
      throw WinnowException.usage(
          "--agents asks for more than %d candidates in one run.".formatted(MAX_CANDIDATES));
    }
    Agent agent = agent(name, base);
    for (int i = 0; i < copies; i++) {
      agents.add(agent);
    }
  }

  private static int copies(String spec, String number) {
    // at most three characters, so that it cannot overflow
    int copies = number.length() <= 3 ? Integer.parseInt(number) : Integer.MAX_VALUE;
    if (number.startsWith("-") || copies < 1 || copies > MAX_CANDIDATES) {
      throw WinnowException.usage(
          "'%s' asks for %s copies; 1 to %d are possible.".formatted(spec, number, MAX_CANDIDATES));
    }
    return copies;
  }

  private boolean exists(String spec, Path base) {
    return configured.containsKey(spec)
        || (spec.startsWith(INLINE)
            && spec.length() > INLINE.length()
            && Files.exists(file(spec.substring(INLINE.length()), base)));
  }

  private Agent agent(String name, Path base) {
    AgentConfig config = configured.get(name);
    if (config != null) {
      return build(name, config, base);
    }
    if (name.startsWith(INLINE) || name.equals("scripted")) {
      String path = name.equals("scripted") ? "" : name.substring(INLINE.length());
      if (path.isBlank()) {
        throw WinnowException.usage("A scripted agent needs a file: scripted:FILE.");
      }
      // what is wrong with a file is told better by reading it
      return factories.build(name, new AgentConfig.Scripted(file(path, base).normalize()));
    }
    throw unknown(name);
  }

  private WinnowException unknown(String name) {
    return WinnowException.usage(
        "Unknown agent '%s'. %s%s".formatted(CapText.oneLine(name, 80), hint(name), known()));
  }

  /** What would make an agent of this name appear by itself, or what was meant. */
  private static String hint(String name) {
    for (Driver driver : Driver.values()) {
      if (driver.label().equals(name)) {
        return "The program is not on the PATH: install it with npm install -g %s, or set WINNOW_%s_PATH. "
            .formatted(driver.npmPackage(), driver.name());
      }
    }
    for (Provider provider : Provider.values()) {
      if (provider.label().equals(name)) {
        return "It appears when %s is set. ".formatted(provider.key());
      }
    }
    return name.endsWith(".json") || name.endsWith(".yaml") || name.endsWith(".yml")
        ? "A script is given as scripted:FILE; one with a comma in its name must be declared in winnow.yaml. "
        : "";
  }

  /** How an agent that {@link #resolve} returned is configured. */
  AgentConfig configOf(String name, Path base) {
    AgentConfig config =
        configured.getOrDefault(
            name,
            new AgentConfig.Scripted(
                Path.of(name.startsWith(INLINE) ? name.substring(INLINE.length()) : name)));
    return config instanceof AgentConfig.Scripted(Path script)
        ? new AgentConfig.Scripted(base.resolve(script).normalize())
        : config;
  }

  /**
   * As {@link Agent#unpriced}, of an agent that a run keeps; of others than this machine's empty.
   */
  Optional<String> unpriced(AgentRequest request) {
    // scripts say what they pretend to cost, and their files may be gone
    return request.script().isPresent() || !factories.state(request.config()).ready()
        ? Optional.empty()
        : build(request.agent(), request.config()).unpriced();
  }

  /** An agent of a stored configuration. */
  Agent build(String name, AgentConfig config) {
    return build(name, config, Path.of("/"));
  }

  private Agent build(String name, AgentConfig config, Path base) {
    if (config instanceof AgentConfig.Scripted scripted) {
      Path script = base.resolve(scripted.script()).normalize();
      return factories.build(name, new AgentConfig.Scripted(script));
    }
    AgentState state = factories.state(config);
    if (!state.ready()) {
      throw new WinnowException(
          WinnowException.Category.SETTINGS,
          "Agent '%s' (%s) cannot be used: %s."
              .formatted(name, config.kind().name().toLowerCase(Locale.ROOT), state.detail()));
    }
    return factories.build(name, config);
  }

  /** Everything that is wrong, at once. */
  private static WinnowException all(Set<String> problems) {
    return WinnowException.usage(
        problems.size() == 1
            ? problems.iterator().next()
            : "%d agents cannot be used:\n  %s"
                .formatted(problems.size(), String.join("\n  ", problems)));
  }

  private static Path file(String path, Path base) {
    try {
      return base.resolve(path);
    } catch (InvalidPathException e) {
      throw WinnowException.usage(
          "'%s' is no file name: %s".formatted(CapText.oneLine(path, 80), e.getReason()));
    }
  }

  private String known() {
    return configured.isEmpty()
        ? "No agents are declared in winnow.yaml; scripted:FILE always works."
        : "Declared agents: " + String.join(", ", configured.keySet()) + "; or scripted:FILE.";
  }
}
