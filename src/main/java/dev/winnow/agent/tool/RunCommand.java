package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.workspace.CommandResult;
import dev.winnow.workspace.Sandbox;
import dev.winnow.workspace.SandboxCommand;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** {@code run_command}: a shell command in the sandbox. */
final class RunCommand implements Tool {

  static final String NAME = "run_command";

  /** Linux takes at most 128 KiB as one argument. */
  private static final int MAX_BYTES = 100_000;

  private static final ToolSpec SPEC =
      new Parameters()
          .required("command", "string", "given to /bin/sh -c in the root of the repository")
          .of(NAME, "Runs a shell command in a sandbox without network; its output is capped.");

  private final Sandbox sandbox;
  private final Function<List<String>, SandboxCommand> prepare;

  RunCommand(Sandbox sandbox, Function<List<String>, SandboxCommand> prepare) {
    this.sandbox = sandbox;
    this.prepare = prepare;
  }

  @Override
  public ToolSpec spec() {
    return SPEC;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    String command = arguments.path("command").asText();
    if (command.isBlank()) {
      return ToolResult.failed("the command is empty");
    }
    if (command.indexOf('\0') >= 0) {
      return ToolResult.failed("the command has a NUL character in it");
    }
    if (command.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return ToolResult.failed(
          "the command is longer than %,d bytes; write a script file and run that"
              .formatted(MAX_BYTES));
    }
    CommandResult result =
        sandbox.run(prepare.apply(List.of("/bin/sh", "-c", command)), cancellation);
    if (result.ending() == CommandResult.Ending.CANCELLED) {
      cancellation.check();
    }
    String ending = describe(result);
    boolean ok = result.exited() && result.exitStatus() == 0;
    return new ToolResult(ok, ending + "\n" + result.output(), ending);
  }

  private static String describe(CommandResult result) {
    return switch (result.ending()) {
      case EXITED -> "exit status " + result.exitStatus();
      case TIMEOUT -> "killed: it ran longer than allowed (" + seconds(result) + ")";
      case SILENT -> "killed: it wrote nothing for too long (after " + seconds(result) + ")";
      case TOO_MUCH_OUTPUT ->
          "killed: it wrote %,d bytes of output".formatted(result.outputBytes());
      case TOO_MUCH_DISK -> "killed: it wrote too much or too many files";
      case OUT_OF_MEMORY -> "killed: it used too much memory";
      case CANCELLED -> "killed: the work was cancelled";
    };
  }

  private static String seconds(CommandResult result) {
    return result.wall().toSeconds() + " s";
  }
}
