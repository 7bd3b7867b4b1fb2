package dev.winnow.agent.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.workspace.CommandResult;
import dev.winnow.workspace.Limits;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the model reads about a command; the sandbox itself is proved where it lives. */
class RunCommandTest {

  private static CommandResult ended(CommandResult.Ending ending, int status) {
    return new CommandResult(ending, status, "some output\n", 12, Duration.ofSeconds(3));
  }

  private static ToolResult call(Sandbox sandbox, String command) {
    return call(sandbox, command, Cancellation.never());
  }

  private static ToolResult call(Sandbox sandbox, String command, Cancellation cancellation) {
    Tool tool =
        new RunCommand(
            sandbox,
            argv -> SandboxCommand.of(Path.of("/w"), Limits.DEFAULT, argv.toArray(String[]::new)));
    return tool.call(JsonNodeFactory.instance.objectNode().put("command", command), cancellation);
  }

  @Test
  void aCommandGoesToTheShellOfTheSandboxAsOneArgument() {
    AnsweringSandbox sandbox = new AnsweringSandbox(() -> ended(CommandResult.Ending.EXITED, 0));
    ToolResult result = call(sandbox, "echo \"$(id)\"; --x 'y'\nls");
    assertThat(sandbox.commands.getFirst().argv())
        .containsExactly("/bin/sh", "-c", "echo \"$(id)\"; --x 'y'\nls");
    assertThat(result)
        .isEqualTo(new ToolResult(true, "exit status 0\nsome output\n", "exit status 0"));
  }

  @Test
  void anotherExitStatusIsAFailureWithItsOutput() {
    ToolResult result =
        call(new AnsweringSandbox(() -> ended(CommandResult.Ending.EXITED, 3)), "false");
    assertThat(result.ok()).isFalse();
    assertThat(result.text()).isEqualTo("exit status 3\nsome output\n");
  }

  @ParameterizedTest
  @EnumSource(
      value = CommandResult.Ending.class,
      names = {"EXITED", "CANCELLED"},
      mode = EnumSource.Mode.EXCLUDE)
  void aCommandThatWasKilledSaysWhy(CommandResult.Ending ending) {
    // a killed command is a failure whatever status it had
    ToolResult result = call(new AnsweringSandbox(() -> ended(ending, 0)), "yes");
    assertThat(result.ok()).isFalse();
    assertThat(result.summary()).startsWith("killed: it ");
    assertThat(result.text()).contains("some output");
  }

  @Test
  void cancellationIsNoResult() {
    Cancellation cancellation = new Cancellation();
    AnsweringSandbox sandbox =
        new AnsweringSandbox(() -> {
          cancellation.cancel("Ctrl-C");
          return ended(CommandResult.Ending.CANCELLED, -1);
        });
    assertThatThrownBy(() -> call(sandbox, "sleep 1000", cancellation))
        .isInstanceOf(Cancellation.Cancelled.class)
        .hasMessage("Ctrl-C");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n\t", "echo a\0b"})
  void whatNoShellTakesIsNotRun(String command) {
    AnsweringSandbox sandbox = new AnsweringSandbox(() -> ended(CommandResult.Ending.EXITED, 0));
    assertThat(call(sandbox, command).ok()).isFalse();
    assertThat(sandbox.commands).isEmpty();
  }

  @Test
  void aCommandThatIsTooLongForTheSystemIsNotRun() {
    AnsweringSandbox sandbox = new AnsweringSandbox(() -> ended(CommandResult.Ending.EXITED, 0));
    assertThat(call(sandbox, "echo " + "é".repeat(60_000)).text()).contains("100,000 bytes");
    assertThat(sandbox.commands).isEmpty();
  }

  @Test
  void aBrokenSandboxIsNoResult() {
    AnsweringSandbox sandbox =
        new AnsweringSandbox(() -> {
          throw new WinnowException(WinnowException.Category.SANDBOX, "bwrap is gone");
        });
    assertThatThrownBy(() -> call(sandbox, "ls"))
        .isInstanceOf(WinnowException.class)
        .hasMessage("bwrap is gone");
  }
}
