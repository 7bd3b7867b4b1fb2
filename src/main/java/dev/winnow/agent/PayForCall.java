package dev.winnow.agent;

import static java.util.Objects.requireNonNull;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.WinnowException.Category;
import dev.winnow.checkpoint.BudgetLedger.Estimate;
import dev.winnow.checkpoint.Intent;
import dev.winnow.checkpoint.Spending;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a model call that is in the run's ledger, unless it can cost nothing. */
final class PayForCall {

  private PayForCall() {}

  /**
   * @param intent of the journal's step that the call belongs to
   * @throws dev.winnow.WinnowException BUDGET, before the call, when it could exceed a limit
   */
  static ModelReply call(
      ChatModel model,
      AgentContext context,
      Intent intent,
      ModelRequest request,
      Consumer<ModelDelta> deltas,
      Cancellation cancellation) {
    Estimate upTo = model.upTo(request);
    ChatModel traced = new TraceCalls(model, context);
    if (upTo.isNothing()) {
      intent.confirm();
      return traced.reply(request, deltas, cancellation);
    }
    Waste waste = new Waste(deltas);
    return intent
        .pay(
            context.candidate(),
            model.name(),
            upTo,
            cancellation,
            () -> answered(() -> traced.reply(request, waste, cancellation), waste),
            answer -> answer.spent(waste.sum))
        .replyOrThrow();
  }

  /** A failure after which something has to be paid is an answer for the ledger. */
  private static Answered answered(Supplier<ModelReply> call, Waste waste) {
    try {
      return new Answered(call.get(), null);
    } catch (WinnowException e) {
      if (e.category() == Category.AGENT && waste.sum != null) {
        return new Answered(null, e);
      }
      throw e;
    }
  }

  private record Answered(@Nullable ModelReply reply, @Nullable WinnowException failure) {

    Spending spent(@Nullable Spending wasted) {
      Spending told = reply == null ? null : spending(reply.usage(), reply.costMicros());
      if (told != null && wasted != null) {
        return told.plus(wasted);
      }
      return requireNonNull(told == null ? wasted : told);
    }

    ModelReply replyOrThrow() {
      if (failure != null) {
        throw failure;
      }
      return requireNonNull(reply);
    }
  }

  /** Sums what failed attempts used. */
  private static final class Waste implements Consumer<ModelDelta> {
    private final Consumer<ModelDelta> deltas;
    private @Nullable Spending sum;

    Waste(Consumer<ModelDelta> deltas) {
      this.deltas = deltas;
    }

    @Override
    public void accept(ModelDelta delta) {
      if (delta instanceof ModelDelta.Wasted(Usage usage, OptionalLong cost)) {
        Spending more = spending(usage, cost);
        sum = sum == null ? more : sum.plus(more);
      }
      deltas.accept(delta);
    }
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
