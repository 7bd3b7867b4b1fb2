package dev.winnow.run;

import dev.winnow.agent.Agent;
import dev.winnow.agent.AgentPlace;
import dev.winnow.agent.NamedAgent;
import dev.winnow.workspace.EmptyWorkspace;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An empty place, in the sandbox, for agents that are programs and are only asked something: a
 * program cannot be anywhere else, and must not see files that the others do not see.
 */
final class RoomForProgram {

  private final Path workDirectory;
  private final Supplier<Sandbox> sandbox;

  /**
   * @param sandbox asked for only when a program takes part
   */
  RoomForProgram(Path workDirectory, Supplier<Sandbox> sandbox) {
    this.workDirectory = workDirectory;
    this.sandbox = sandbox;
  }

  /**
   * Empty for an agent that is no program.
   *
   * @param name of the conversation, once in a run
   */
  Optional<AgentPlace> of(NamedAgent agent, String name) {
    if (agent.agent().kind() != Agent.Kind.CLI) {
      return Optional.empty();
    }
    Sandbox chosen = sandbox.get();
    Path root = EmptyWorkspace.create(workDirectory.resolve(name + ".empty"), chosen);
    return Optional.of(
        new AgentPlace(
            root,
            root.resolveSibling(name + ".program"),
            chosen,
            argv ->
                new SandboxCommand(
                    argv, root, "", Map.of(), List.of(), List.of(), false, Limits.DEFAULT)));
  }
}
