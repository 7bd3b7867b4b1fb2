package dev.winnow.agent.cli;

import dev.winnow.WinnowException;
import dev.winnow.agent.AgentReply.Ending;
import dev.winnow.agent.CapText;
import dev.winnow.workspace.CommandResult;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * How a program's start is to be read. Its exit status alone says nothing: it was seen to be 0
 * after failures of every kind.
 */
record Verdict(Ending ending, String reason, Fault fault) {

  static Verdict of(CliSettings settings, RunProgram.Ended ended, TellEvents events, int leftOut) {
    CliProgram program = settings.program();
    if (ended.silent()) {
      return failed(
          "%s: gave no sign of life for %d s and was stopped"
              .formatted(program.label(), settings.silence().toSeconds()),
          Fault.CONNECTION);
    }
    return switch (events.end().orElse(null)) {
      case CliEvent.Completed _ -> completed(program, events);
      case CliEvent.Failed(String message, OptionalInt status, var _, var _) ->
          failed(program, message.isBlank() ? events.trouble() : message, status);
      case null, default -> cut(program, ended, events, leftOut);
    };
  }

  private static Verdict completed(CliProgram program, TellEvents events) {
    Map<String, Integer> denied = events.denied();
    if (!denied.isEmpty() && !events.worked()) {
      return failed(
          "%s: did not allow its model to work (%s denied), so nothing was done"
              .formatted(
                  program.label(),
                  denied.entrySet().stream()
                      .map(entry -> entry.getKey() + " " + entry.getValue() + " times")
                      .collect(Collectors.joining(", "))),
          Fault.OTHER);
    }
    return new Verdict(Ending.DONE, "", Fault.OTHER);
  }

  /** It ended without saying how. */
  private static Verdict cut(
      CliProgram program, RunProgram.Ended ended, TellEvents events, int leftOut) {
    CommandResult result = ended.result();
    String said = lastLine(ended.errors());
    if (said.isEmpty()) {
      said = events.trouble();
    }
    return switch (result.ending()) {
      case EXITED -> {
        // the shell that starts it says this: the machine is to blame, not the agent
        if (result.exitStatus() == 126 || result.exitStatus() == 127) {
          throw new WinnowException(
              WinnowException.Category.SANDBOX,
              "%s cannot be started in the sandbox: %s"
                  .formatted(program.label(), CapText.oneLine(said + result.output(), 200)));
        }
        if (!said.isEmpty() && Fault.of(said, OptionalInt.empty()) != Fault.OTHER) {
          yield failed(program, said, OptionalInt.empty());
        }
        String why = said.isEmpty() ? "" : " (" + CapText.oneLine(said, 200) + ")";
        yield failed(
            "%s: ended with status %d without saying that it is done%s%s"
                .formatted(
                    program.label(),
                    result.exitStatus(),
                    leftOut > 0 ? "; lines of more than 8 MiB were left out" : "",
                    why),
            Fault.OTHER);
      }
      case TOO_MUCH_OUTPUT -> failed(program.label() + ": wrote too much output", Fault.OTHER);
      case TOO_MUCH_DISK ->
          failed(program.label() + ": wrote too much or too many files", Fault.OTHER);
      case OUT_OF_MEMORY -> failed(program.label() + ": used too much memory", Fault.OTHER);
      case TIMEOUT, SILENT, CANCELLED ->
          failed(program.label() + ": was stopped by the sandbox", Fault.OTHER);
    };
  }

  private static String lastLine(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "" : lines.getLast();
  }

  private static Verdict failed(CliProgram program, String message, OptionalInt status) {
    Fault fault = Fault.of(message, status);
    return failed(fault.describe(program, message), fault);
  }

  private static Verdict failed(String reason, Fault fault) {
    return new Verdict(Ending.FAILED, CapText.oneLine(reason, 500), fault);
  }
}
