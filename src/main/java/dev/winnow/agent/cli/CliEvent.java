package dev.winnow.agent.cli;

import dev.winnow.agent.Usage;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What a line of a program's output says, in words that all programs share. */
sealed interface CliEvent {

  /** The session's id: with it the conversation can be continued. */
  record Started(String session) implements CliEvent {}

  record Said(String text) implements CliEvent {}

  /** {@code summary} is the argument that says most: a command, a path. */
  record Called(String id, String tool, String summary) implements CliEvent {}

  record Returned(String id, boolean ok, String summary) implements CliEvent {}

  /** A call that the program did not allow the model. */
  record Denied(String tool) implements CliEvent {}

  /** Something that is not fatal: a retry, a warning. */
  record Trouble(String text) implements CliEvent {}

  /**
   * The program says that it is done.
   *
   * @param total of the whole session, what earlier prompts used included
   * @param costMicros of the whole session; empty when the program does not tell
   * @param text the answer, "" for what was said last
   * @param turns model calls of this prompt; 0 when the program does not tell
   */
  record Completed(Usage total, OptionalLong costMicros, String text, int turns)
      implements CliEvent {}

  /**
   * The program says that it failed.
   *
   * @param status of the provider's answer, where the program tells it
   */
  record Failed(String message, OptionalInt status, Usage total, OptionalLong costMicros)
      implements CliEvent {}
}
