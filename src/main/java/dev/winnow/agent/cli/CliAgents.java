package dev.winnow.agent.cli;

import dev.winnow.WinnowException;
import dev.winnow.agent.Agent;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentFactory;
import dev.winnow.agent.AgentState;
import dev.winnow.agent.AgentState.Status;
import dev.winnow.agent.Credentials;
import dev.winnow.agent.Driver;
import dev.winnow.agent.PriceTable;
import dev.winnow.workspace.egress.UpstreamProxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Builds agents that are programs, and says what is in the way of one. */
public final class CliAgents implements AgentFactory<AgentConfig.Cli> {

  private static final Duration SILENCE = Duration.ofMinutes(10);

  private final Credentials credentials;
  private final FindProgram programs;
  private final FindLogIn logIns;
  private final PriceTable prices;
  private final UpstreamProxy upstream;
  private final Duration silence;

  /**
   * @param environment Winnow's own: PATH, HOME, and what tells where a program keeps its log-in
   * @param paths of programs that the operator named
   * @param upstream the proxy that providers are reached through
   */
  public CliAgents(
      Credentials credentials,
      Map<String, String> environment,
      Map<Driver, Path> paths,
      PriceTable prices,
      UpstreamProxy upstream) {
    this(credentials, environment, paths, prices, upstream, SILENCE);
  }

  CliAgents(
      Credentials credentials,
      Map<String, String> environment,
      Map<Driver, Path> paths,
      PriceTable prices,
      UpstreamProxy upstream,
      Duration silence) {
    this.credentials = credentials;
    this.programs = new FindProgram(environment, paths);
    this.logIns = new FindLogIn(environment, Clock.systemUTC());
    this.prices = prices;
    this.upstream = upstream;
    this.silence = silence;
  }

  @Override
  public AgentState state(AgentConfig.Cli config) {
    return switch (programs.find(config.driver())) {
      case FindProgram.Found.Missing(String problem) ->
          new AgentState(Status.CLI_NOT_FOUND, problem);
      case FindProgram.Found.Unusable(String problem) ->
          new AgentState(Status.CLI_UNUSABLE, problem);
      case FindProgram.Found.Program _ -> {
        AgentState keys = AgentState.ofKeys(credentials.missing(config));
        if (!keys.ready() || !needsLogIn(config)) {
          yield keys;
        }
        FindLogIn.Result logIn = logIns.find(config.driver());
        yield logIn.logIn().isPresent()
            ? AgentState.READY
            : new AgentState(Status.NOT_LOGGED_IN, logIn.problem());
      }
    };
  }

  /** The version of the program, for people; empty when there is none to use. */
  public Optional<String> version(Driver driver) {
    return programs.find(driver) instanceof FindProgram.Found.Program(ProgramFile file)
        ? Optional.of("%s %s (%s)".formatted(driver.label(), file.version(), file.path()))
        : Optional.empty();
  }

  private static boolean needsLogIn(AgentConfig.Cli config) {
    return config.key().isEmpty() && config.baseUrl().isEmpty();
  }

  @Override
  public Agent build(String name, AgentConfig.Cli config) {
    AgentState state = state(config);
    if (!state.ready()
        || !(programs.find(config.driver())
            instanceof FindProgram.Found.Program(ProgramFile file))) {
      throw new WinnowException(
          WinnowException.Category.SETTINGS, "Agent '%s': %s".formatted(name, state.detail()));
    }
    CliProgram program =
        switch (config.driver()) {
          case CODEX -> new Codex();
          case CLAUDE -> new Claude();
        };
    ProviderCalls calls = ProviderCalls.of(config.driver().provider());
    return new CliAgent(
        name,
        new CliSettings(
            config.driver(),
            program,
            file,
            config.model(),
            config.baseUrl().orElse(calls.usual()),
            config.key().flatMap(credentials::get),
            needsLogIn(config) ? logIns.find(config.driver()).logIn() : Optional.empty(),
            silence,
            prices,
            upstream));
  }
}
