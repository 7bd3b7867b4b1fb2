package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;

/** {@code run_tests}: the repository's tests, the way Winnow runs them. */
final class RunTests implements Tool {

  static final String NAME = "run_tests";

  private static final ToolSpec SPEC =
      new Parameters()
          .optional("filter", "string", "a test file or class; leave out for all tests")
          .of(NAME, "Runs the repository's tests and returns which failed and why.");

  private final RunsTests tests;

  RunTests(RunsTests tests) {
    this.tests = tests;
  }

  @Override
  public ToolSpec spec() {
    return SPEC;
  }

  /** Test runs leave reports and build outputs behind, and tests themselves may write. */
  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    return tests.run(arguments.path("filter").asText("").strip(), cancellation);
  }
}
