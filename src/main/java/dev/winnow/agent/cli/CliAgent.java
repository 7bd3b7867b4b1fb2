package dev.winnow.agent.cli;

import dev.winnow.WinnowException;
import dev.winnow.agent.Agent;
import dev.winnow.agent.AgentContext;
import dev.winnow.agent.AgentPlace;
import dev.winnow.agent.AgentSession;
import java.util.Optional;

/** An agent that is a program of its own. */
final class CliAgent implements Agent {

  private final String name;
  private final CliSettings settings;

  CliAgent(String name, CliSettings settings) {
    this.name = name;
    this.settings = settings;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Kind kind() {
    return Kind.CLI;
  }

  @Override
  public Optional<String> unpriced() {
    return settings.upTo().cost().isPresent() ? Optional.empty() : Optional.of(settings.priced());
  }

  @Override
  public AgentSession open(AgentContext context) {
    AgentPlace place =
        context
            .place()
            .orElseThrow(() ->
                new WinnowException(
                    WinnowException.Category.SETTINGS,
                    "Agent '%s' is a program and can only work in a workspace.".formatted(name)));
    return new CliSession(settings, context, place);
  }
}
