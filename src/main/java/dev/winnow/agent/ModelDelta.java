package dev.winnow.agent;

/** A piece of a reply while it streams. */
public sealed interface ModelDelta {
  record Text(String text) implements ModelDelta {}

  /** A piece of the arguments of a tool call, as raw JSON text. */
  record ToolCallPart(String callId, String tool, String json) implements ModelDelta {}
}
