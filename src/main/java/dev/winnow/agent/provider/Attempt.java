package dev.winnow.agent.provider;

import dev.winnow.Cancellation;

/** The clock and the cancellation of one attempt of a call. */
final class Attempt {

  private final ProviderLimits limits;
  private final long deadline;
  private final Cancellation cancellation;

  /**
   * @param deadline of the whole call, as {@link System#nanoTime()} counts
   */
  Attempt(ProviderLimits limits, long deadline, Cancellation cancellation) {
    this.limits = limits;
    this.deadline = deadline;
    this.cancellation = cancellation;
  }

  ProviderLimits limits() {
    return limits;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  /** Nanoseconds that the call still has; 0 or less when its time is over. */
  long left() {
    return deadline - System.nanoTime();
  }

  ProviderFailure outOfTime() {
    return new ProviderFailure(
        ProviderFailure.Kind.OUT_OF_TIME,
        "the call was not done within %s".formatted(Shown.time(limits.total())));
  }

  /** A wait for the next byte ended without one. */
  ProviderFailure waitedTooLong(boolean begun) {
    if (left() <= 0) {
      return outOfTime();
    }
    return begun
        ? new ProviderFailure(
            ProviderFailure.Kind.SILENT,
            "the provider was silent for %s in the middle of its answer"
                .formatted(Shown.time(limits.silence())))
        : new ProviderFailure(
            ProviderFailure.Kind.NO_FIRST_BYTE,
            "the provider did not begin to answer within %s"
                .formatted(Shown.time(limits.firstByte())));
  }
}
