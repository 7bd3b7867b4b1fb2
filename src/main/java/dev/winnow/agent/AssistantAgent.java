package dev.winnow.agent;

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
  public AgentSession open(AgentContext context) {
    return new AssistantSession(model, context);
  }
}
