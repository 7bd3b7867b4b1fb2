package dev.winnow.agent.provider;

import java.time.Duration;

/**
 * What bounds the calls to one provider.
 *
 * @param connect to open a connection
 * @param firstByte from the request until the first byte of the answer's body
 * @param silence between two bytes of the answer
 * @param total of one call, with all its attempts and the waits between them
 * @param answerChars text, reasoning and arguments of one answer
 * @param attempts of one call, the first included
 * @param firstBackoff before the second attempt; doubles after that, with jitter
 * @param longestWait between two attempts, also when the provider asks for more
 * @param concurrency calls at the same time
 * @param perMinute calls started in any minute
 */
public record ProviderLimits(
    Duration connect,
    Duration firstByte,
    Duration silence,
    Duration total,
    int answerChars,
    int attempts,
    Duration firstBackoff,
    Duration longestWait,
    int concurrency,
    int perMinute) {

  /** Reasoning without summaries is silent for minutes, so silence is long. */
  public static final ProviderLimits DEFAULT =
      new ProviderLimits(
          Duration.ofSeconds(10),
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          4 << 20,
          8,
          Duration.ofMillis(500),
          Duration.ofSeconds(60),
          32,
          Integer.MAX_VALUE);

  public ProviderLimits {
    if (answerChars < 1 || attempts < 1 || concurrency < 1 || perMinute < 1) {
      throw new IllegalArgumentException("limits of a provider must be at least 1");
    }
  }

  /** All that may come over the wire: an event of a few characters has 200 bytes around them. */
  long wireBytes() {
    return 64L * answerChars;
  }

  /** One event; the last one repeats the whole answer, escaped. */
  int eventBytes() {
    return (int) Math.min(Integer.MAX_VALUE - 64, 8L * answerChars + (64 << 10));
  }

  public ProviderLimits withConnect(Duration newConnect) {
    return new ProviderLimits(
        newConnect,
        firstByte,
        silence,
        total,
        answerChars,
        attempts,
        firstBackoff,
        longestWait,
        concurrency,
        perMinute);
  }

  public ProviderLimits withTimes(Duration newFirstByte, Duration newSilence, Duration newTotal) {
    return new ProviderLimits(
        connect,
        newFirstByte,
        newSilence,
        newTotal,
        answerChars,
        attempts,
        firstBackoff,
        longestWait,
        concurrency,
        perMinute);
  }

  public ProviderLimits withRetries(int newAttempts, Duration newBackoff, Duration newLongest) {
    return new ProviderLimits(
        connect,
        firstByte,
        silence,
        total,
        answerChars,
        newAttempts,
        newBackoff,
        newLongest,
        concurrency,
        perMinute);
  }

  public ProviderLimits withRate(int newConcurrency, int newPerMinute) {
    return new ProviderLimits(
        connect,
        firstByte,
        silence,
        total,
        answerChars,
        attempts,
        firstBackoff,
        longestWait,
        newConcurrency,
        newPerMinute);
  }
}
