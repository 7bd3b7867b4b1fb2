package dev.winnow.agent;

import dev.winnow.Cancellation;
import dev.winnow.checkpoint.BudgetLedger;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import dev.winnow.checkpoint.Spending;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Makes a model call that is in the run's ledger, unless it can cost nothing. */
final class PayForCall {

  private PayForCall() {}

  /**
   * @param step key of the journal's step that the call belongs to
   * @throws dev.winnow.WinnowException BUDGET, before the call, when it could exceed a limit
   */
  static ModelReply call(
      ChatModel model,
      AgentContext context,
      String step,
      ModelRequest request,
      Consumer<ModelDelta> deltas,
      Cancellation cancellation) {
    Estimate upTo = model.upTo(request);
    ChatModel traced = new TraceCalls(model, context);
    if (upTo.isNothing()) {
      return traced.reply(request, deltas, cancellation);
    }
    BudgetLedger ledger = context.steps().ledger();
    return ledger.pay(
        context.candidate(),
        step,
        model.name(),
        upTo,
        cancellation,
        () -> traced.reply(request, deltas, cancellation),
        reply -> spending(reply.usage(), reply.costMicros()));
  }

  static Spending spending(Usage usage, OptionalLong costMicros) {
    return new Spending(
        costMicros.orElse(0),
        usage.inputTokens(),
        usage.outputTokens(),
        usage.cachedInputTokens(),
        usage.cacheWriteTokens(),
        usage.reasoningTokens(),
        costMicros.isPresent());
  }
}
