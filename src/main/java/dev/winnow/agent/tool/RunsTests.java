package dev.winnow.agent.tool;

import dev.winnow.Cancellation;

/** Runs tests of the candidate's own workspace; given by whoever knows the test runner. */
public interface RunsTests {

  /**
   * @param filter what to run, in the words of the repository's test runner; empty for all
   */
  ToolResult run(String filter, Cancellation cancellation);
}
