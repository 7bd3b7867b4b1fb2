package dev.winnow.agent;

import dev.winnow.telemetry.GenAi;
import dev.winnow.telemetry.Metrics;
import dev.winnow.telemetry.Span;
import java.util.OptionalLong;

/** Tells a span, and the counters, what a call used. */
public final class CallSpan {

  /**
   * @param operation by the conventions: chat, or invoke_agent
   */
  public record Call(String operation, String provider, String model) {}

  private CallSpan() {}

  /**
   * Cached tokens are a part of the input, reasoning is one of the output.
   *
   * @param call what was called, as metrics name it
   * @param costMicros micro-dollars; empty when nobody knows the price
   */
  public static void used(Span span, Call call, Usage usage, OptionalLong costMicros) {
    span.set(GenAi.INPUT_TOKENS, usage.inputTokens())
        .set(GenAi.OUTPUT_TOKENS, usage.outputTokens())
        .set(GenAi.CACHED_TOKENS, usage.cachedInputTokens())
        .set(GenAi.CACHE_WRITE_TOKENS, usage.cacheWriteTokens())
        .set(GenAi.REASONING_TOKENS, usage.reasoningTokens());
    if (costMicros.isPresent()) {
      span.set("winnow.cost.usd", costMicros.getAsLong() / 1e6);
    }
    Metrics.current()
        .used(
            call.operation(),
            call.provider(),
            call.model(),
            new Metrics.Tokens(
                usage.inputTokens(),
                usage.outputTokens(),
                usage.cachedInputTokens(),
                usage.reasoningTokens()),
            costMicros.orElse(0));
  }
}
