package dev.winnow.agent;

import java.util.List;
import java.util.Optional;

/** The built-in agent: a model, tools, and the tool loop. */
public final class AssistantAgent implements Agent {

  private final String name;
  private final Kind kind;
  private final ChatModel model;

  public AssistantAgent(String name, Kind kind, ChatModel model) {
    this.name = name;
    this.kind = kind;
    this.model = model;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public Optional<String> unpriced() {
    ModelRequest nothing = new ModelRequest("", "", List.of(), List.of());
    return model.upTo(nothing).cost().isPresent() ? Optional.empty() : Optional.of(model.name());
  }

  @Override
  public AgentSession open(AgentContext context) {
    return new AssistantSession(model, context);
  }
}
