package dev.winnow.checkpoint;

/**
 * What one paid call used, by the provider's own count.
 *
 * @param costMicros in millionths of a US dollar
 * @param inputTokens all of them; those read from and written to a cache are parts of the sum
 * @param outputTokens all of them; reasoning is a part of the sum
 * @param costKnown false when the price of (some of) it is unknown; it is not in the cost then
 */
public record Spending(
    long costMicros,
    long inputTokens,
    long outputTokens,
    long cachedInputTokens,
    long cacheWriteTokens,
    long reasoningTokens,
    boolean costKnown) {

  public static final Spending NONE = new Spending(0, 0, 0, 0, 0, 0, true);

  /** What an agent claims is capped: sums of these cannot overflow. */
  private static final long MOST = 1_000_000_000_000L;

  public Spending {
    costMicros = Math.clamp(costMicros, 0, MOST);
    inputTokens = Math.clamp(inputTokens, 0, MOST);
    outputTokens = Math.clamp(outputTokens, 0, MOST);
    cachedInputTokens = Math.clamp(cachedInputTokens, 0, MOST);
    cacheWriteTokens = Math.clamp(cacheWriteTokens, 0, MOST);
    reasoningTokens = Math.clamp(reasoningTokens, 0, MOST);
  }

  public long tokens() {
    return inputTokens + outputTokens;
  }

  /** Its cost, for people. */
  public String shownCost() {
    String known = Budget.dollars(costMicros);
    return costKnown ? known : known + " and what models without a known price cost";
  }

  public Spending plus(Spending other) {
    return new Spending(
        costMicros + other.costMicros,
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        cachedInputTokens + other.cachedInputTokens,
        cacheWriteTokens + other.cacheWriteTokens,
        reasoningTokens + other.reasoningTokens,
        costKnown && other.costKnown);
  }
}
