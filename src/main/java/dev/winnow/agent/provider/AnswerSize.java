package dev.winnow.agent.provider;

/** Counts the characters of an answer and stops it when they are too many. */
final class AnswerSize {

  private final int most;
  private long sum;

  AnswerSize(ProviderLimits limits) {
    this.most = limits.answerChars();
  }

  /**
   * @throws ProviderFailure when that was too much
   */
  void add(String part) {
    sum += part.length();
    if (sum > most) {
      throw new ProviderFailure(
          ProviderFailure.Kind.TOO_LARGE,
          "the answer is larger than %,d characters".formatted(most));
    }
  }
}
