package dev.winnow.agent.provider;

/** Counts the characters of an answer and stops it when they are too many. */
final class AnswerSize {

  private static final int ITEM = 100;

  private final int most;
  private long sum;

  AnswerSize(ProviderLimits limits) {
    this.most = limits.answerChars();
  }

  /**
   * @throws ProviderFailure when that was too much
   */
  void add(String part) {
    add(part.length());
  }

  /**
   * A block or an item that is kept: also a small one takes memory.
   *
   * @throws ProviderFailure when that was too much
   */
  void addItem(String json) {
    add(ITEM + json.length());
  }

  private void add(int chars) {
    sum += chars;
    if (sum > most) {
      throw new ProviderFailure(
          ProviderFailure.Kind.TOO_LARGE,
          "the answer is larger than %,d characters".formatted(most));
    }
  }
}
