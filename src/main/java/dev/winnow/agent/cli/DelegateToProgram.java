package dev.winnow.agent.cli;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.AgentConfig;
import dev.winnow.agent.AgentContext;
import dev.winnow.agent.AgentLimits;
import dev.winnow.agent.AgentPlace;
import dev.winnow.agent.AgentReply;
import dev.winnow.agent.AgentSession;
import dev.winnow.agent.AgentState;
import dev.winnow.agent.Prompt;
import dev.winnow.agent.tool.Delegate;
import dev.winnow.agent.tool.ToolResult;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Gives a task to Codex or Claude Code, in the workspace of the agent that asks. */
public final class DelegateToProgram implements Delegate {

  private static final String RULES =
      """
      You work in a copy of a repository on one task for another engineer, who waits for you. Change only files of
      the current directory, ask nothing, and answer at the end with a short account of what you did and found.\
      """;

  private final CliAgents agents;
  private final AgentConfig.Cli config;

  public DelegateToProgram(CliAgents agents, AgentConfig.Cli config) {
    this.agents = agents;
    this.config = config;
  }

  @Override
  public ToolResult work(Assignment assignment, Cancellation cancellation) {
    String name = config.driver().label();
    AgentState state = agents.state(config);
    if (!state.ready()) {
      return ToolResult.failed("%s cannot be asked: %s".formatted(name, state.detail()));
    }
    // a name that is never used again: when a crash ends this call, it is made anew
    String id = UUID.randomUUID().toString().substring(0, 12);
    AgentContext context =
        new AgentContext(
            assignment.candidate(),
            RULES,
            List.of(),
            AgentLimits.DEFAULT,
            assignment.steps(),
            (_, _) -> {},
            assignment.events(),
            Optional.of(
                new AgentPlace(
                    assignment.workspace(),
                    assignment.home(),
                    assignment.sandbox(),
                    assignment.command())));
    try (AgentSession session = agents.build(name, config).open(context)) {
      AgentReply reply =
          session.prompt(new Prompt("delegate-" + id, assignment.prompt()), cancellation);
      return reply.ending() == AgentReply.Ending.DONE
          ? ToolResult.ok(reply.text(), name + " is done")
          : ToolResult.failed(reply.reason());
    } catch (WinnowException e) {
      if (e.category() != WinnowException.Category.BUDGET) {
        throw e;
      }
      // a program needs more than a call of a model: who asks may go on without it
      return ToolResult.failed("%s cannot be asked: %s".formatted(name, e.getMessage()));
    }
  }
}
