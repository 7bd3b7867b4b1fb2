package dev.winnow.agent.tool;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.CheckpointManager;
import dev.winnow.checkpoint.RunEvent;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Somebody else who can be given a task in a candidate's workspace. */
public interface Delegate {

  /**
   * A task, and where it is to be done.
   *
   * @param candidate whose workspace it is
   * @param home a name that is free beside the workspace
   * @param command turns an argv into a command in the workspace
   */
  record Assignment(
      String prompt,
      String candidate,
      Path workspace,
      Path home,
      Sandbox sandbox,
      Function<List<String>, SandboxCommand> command,
      CheckpointManager steps,
      Consumer<RunEvent> events) {}

  /** Does the task; a failure is a result that the model reads. */
  ToolResult work(Assignment assignment, Cancellation cancellation);
}
