package dev.winnow.agent;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import java.util.function.Consumer;

/** One provider's model, or a script. */
public interface ChatModel {

  /** What reports call it: {@code openai-responses:gpt-5.1-codex}, {@code scripted:right.json}. */
  String name();

  /** How many tokens of input it takes; older results of tools are condensed before that. */
  default long contextTokens() {
    return ContextWindow.tokens(name());
  }

  /**
   * The most that a call can use: what a budget must have left for it to be made. A model with
   * prices of its own, or another limit of its output, says so.
   */
  default Estimate upTo(ModelRequest request) {
    return EstimateCall.upTo(
        request,
        EstimateCall.USUAL_OUTPUT,
        (in, out) -> PriceTable.packaged().estimateMicros(name(), in, out));
  }

  /**
   * Asks the model once. Deltas arrive on the calling thread, in order, before this returns.
   *
   * @throws dev.winnow.Cancellation.Cancelled within a second after the cancellation
   * @throws dev.winnow.WinnowException of category AGENT when the provider failed for good
   */
  ModelReply reply(ModelRequest request, Consumer<ModelDelta> deltas, Cancellation cancellation);
}
