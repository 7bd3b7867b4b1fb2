package dev.winnow.agent;

import dev.winnow.WinnowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Counts the calls of scripted agents outside of Winnow: one line for each, before its answer, in
 * the file that {@code WINNOW_SCRIPTED_CALLS} names. For rehearsals of failures, where Winnow's own
 * records are what is in question.
 */
final class LogScriptedCalls {

  private static final String FILE = System.getenv().getOrDefault("WINNOW_SCRIPTED_CALLS", "");

  private LogScriptedCalls() {}

  /** Appends "agent purpose turn"; a short line appears whole, also beside other processes. */
  static void add(String agent, String purpose, int turn) {
    if (FILE.isBlank()) {
      return;
    }
    try {
      Files.write(
          Path.of(FILE),
          "%s %s %d%n".formatted(agent, purpose, turn).getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw WinnowException.infrastructure(
          "WINNOW_SCRIPTED_CALLS=%s cannot be written: %s.".formatted(FILE, e.getMessage()), e);
    }
  }
}
