package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import dev.winnow.agent.tool.Tool;
import dev.winnow.agent.tool.ToolResult;
import dev.winnow.agent.tool.ToolSpec;
import java.util.function.BiFunction;

/** A tool with one optional text argument, whose work a test gives. */
record TestTool(String name, boolean writes, BiFunction<JsonNode, Cancellation, ToolResult> work)
    implements Tool {

  private static final String SCHEMA =
      """
      {"type": "object", "properties": {"text": {"type": "string"}, "count": {"type": "integer"}},
       "required": [], "additionalProperties": false}\
      """;

  static TestTool reading(String name, BiFunction<JsonNode, Cancellation, ToolResult> work) {
    return new TestTool(name, false, work);
  }

  static TestTool writing(String name, BiFunction<JsonNode, Cancellation, ToolResult> work) {
    return new TestTool(name, true, work);
  }

  @Override
  public ToolSpec spec() {
    return new ToolSpec(name, "a tool for tests", Json.read(SCHEMA, JsonNode.class));
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    return work.apply(arguments, cancellation);
  }
}
