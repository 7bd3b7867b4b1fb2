package dev.winnow.agent.tool;

/**
 * What a tool call gave, as the model reads it. A failure is a result too.
 *
 * @param text capped by the tool
 * @param summary one short line for people
 */
public record ToolResult(boolean ok, String text, String summary) {

  public static ToolResult ok(String text, String summary) {
    return new ToolResult(true, text, summary);
  }

  /** {@code problem} says what is wrong and what would work. */
  public static ToolResult failed(String problem) {
    return new ToolResult(false, problem, problem.lines().findFirst().orElse("failed"));
  }
}
