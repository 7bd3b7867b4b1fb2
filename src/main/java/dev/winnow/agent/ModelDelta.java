package dev.winnow.agent;

import java.time.Duration;
import java.util.OptionalLong;

/** A piece of a reply while it streams. */
public sealed interface ModelDelta {
  record Text(String text) implements ModelDelta {}

  /** A piece of the arguments of a tool call, as raw JSON text. */
  record ToolCallPart(String callId, String tool, String json) implements ModelDelta {}

  /**
   * The attempt failed and the call is made again: what has streamed so far is void.
   *
   * @param attempt the one that failed, from 1
   */
  record Retrying(int attempt, String why, Duration delay) implements ModelDelta {}

  /**
   * What an attempt that failed had used, as far as the provider told it before it failed: it may
   * have been paid.
   *
   * @param costMicros at list price; empty when the price is unknown
   */
  record Wasted(Usage usage, OptionalLong costMicros) implements ModelDelta {}
}
