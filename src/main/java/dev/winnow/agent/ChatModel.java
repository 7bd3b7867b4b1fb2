package dev.winnow.agent;

import dev.winnow.Cancellation;
import java.util.function.Consumer;

/** One provider's model, or a script. */
public interface ChatModel {

  /** What reports call it: {@code openai-responses:gpt-5.1-codex}, {@code scripted:right.json}. */
  String name();

  /**
   * Asks the model once. Deltas arrive on the calling thread, in order, before this returns.
   *
   * @throws dev.winnow.Cancellation.Cancelled within a second after the cancellation
   * @throws dev.winnow.WinnowException of category AGENT when the provider failed for good
   */
  ModelReply reply(ModelRequest request, Consumer<ModelDelta> deltas, Cancellation cancellation);
}
