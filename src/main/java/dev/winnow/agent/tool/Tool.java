package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;

/** Something that a model may call. */
public interface Tool extends AutoCloseable {

  ToolSpec spec();

  /** Whether a call may change files of the workspace. */
  boolean writes();

  /** Whether the calls of one turn must follow each other in the order of the model. */
  default boolean ordered() {
    return writes();
  }

  /**
   * Whether a call costs nothing and leaves nothing behind, inside or outside of the workspace, so
   * that after a crash it may simply be made again.
   */
  default boolean onlyLooks() {
    return false;
  }

  /** How many bytes of a result's text reach the model; the middle of a longer one is left out. */
  default int maxResultBytes() {
    return 32 * 1024;
  }

  /**
   * Does the work. What the model did wrong is a failed result, never an exception; exceptions are
   * for what ends the phase (cancellation, a broken sandbox).
   */
  ToolResult call(JsonNode arguments, Cancellation cancellation);

  /** Ends what the tool keeps between calls. Called once, when the agent's session ends. */
  @Override
  default void close() {}
}
