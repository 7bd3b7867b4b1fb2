package dev.winnow.agent.tool;

import dev.winnow.Cancellation;
import dev.winnow.workspace.CommandResult;
import dev.winnow.workspace.OutputListener;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Runs nothing: answers each command with what the test wants. */
final class AnsweringSandbox implements Sandbox {

  final List<SandboxCommand> commands = new ArrayList<>();
  private final Supplier<CommandResult> answer;

  AnsweringSandbox(Supplier<CommandResult> answer) {
    this.answer = answer;
  }

  @Override
  public Tier tier() {
    return Tier.NONE;
  }

  @Override
  public CommandResult run(
      SandboxCommand command, OutputListener listener, Cancellation cancellation) {
    commands.add(command);
    return answer.get();
  }

  @Override
  public OptionalInt owner(Path workspace) {
    return OptionalInt.empty();
  }
}
