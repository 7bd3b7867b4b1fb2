package dev.winnow.agent.provider;

import dev.winnow.agent.ModelDelta;
import dev.winnow.agent.ModelReply;
import dev.winnow.agent.ModelRequest;
import java.util.function.Consumer;

/** One attempt of a call. */
interface CallProvider {

  /**
   * @throws ProviderFailure when it failed
   * @throws dev.winnow.Cancellation.Cancelled when it was cancelled
   */
  ModelReply once(ModelRequest request, Consumer<ModelDelta> deltas, Attempt attempt);
}
