package dev.winnow.agent;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Tokens used, by the provider's own count.
 *
 * @param inputTokens all of the input: cached, written to the cache, and neither
 * @param outputTokens all of the output, reasoning included
 * @param cachedInputTokens the part of the input that was read from the provider's cache
 * @param reasoningTokens the part of the output that was reasoning; 0 where the provider does not
 *     tell
 * @param cacheWriteTokens the part of the input that was written to the provider's cache
 */
public record Usage(
    long inputTokens,
    long outputTokens,
    long cachedInputTokens,
    long reasoningTokens,
    long cacheWriteTokens) {

  public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

  /** Without writes to a cache. */
  public Usage(long inputTokens, long outputTokens, long cachedInputTokens, long reasoningTokens) {
    this(inputTokens, outputTokens, cachedInputTokens, reasoningTokens, 0);
  }

  /** A count that somebody else wrote: what cannot be is 0, so that no sum or price breaks. */
  public static long count(JsonNode number) {
    return number.isIntegralNumber() && number.canConvertToInt() ? Math.max(0, number.asLong()) : 0;
  }

  public Usage plus(Usage other) {
    return new Usage(
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        cachedInputTokens + other.cachedInputTokens,
        reasoningTokens + other.reasoningTokens,
        cacheWriteTokens + other.cacheWriteTokens);
  }
}
