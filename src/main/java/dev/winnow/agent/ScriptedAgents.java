package dev.winnow.agent;

import java.nio.file.Files;
import java.util.Set;

/** Builds scripted agents. */
public final class ScriptedAgents implements AgentFactory<AgentConfig.Scripted> {

  private final Set<String> tools;

  /**
   * @param tools the names that scripts may use
   */
  public ScriptedAgents(Set<String> tools) {
    this.tools = Set.copyOf(tools);
  }

  @Override
  public AgentState state(AgentConfig.Scripted config) {
    return Files.isReadable(config.script())
        ? AgentState.READY
        : new AgentState(
            AgentState.Status.SCRIPT_UNREADABLE, "the script is not readable: " + config.script());
  }

  @Override
  public Agent build(String name, AgentConfig.Scripted config) {
    return new AssistantAgent(
        name, Agent.Kind.SCRIPTED, ScriptedModel.load(name, config.script(), tools));
  }
}
