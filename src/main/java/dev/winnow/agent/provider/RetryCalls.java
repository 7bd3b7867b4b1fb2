package dev.winnow.agent.provider;

import dev.winnow.Cancellation;
import dev.winnow.WinnowException;
import dev.winnow.agent.ModelDelta;
import dev.winnow.telemetry.Metrics;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Makes a call, again where that can help: what the provider refused for good is not asked twice.
 * Waits double, with jitter, unless the provider says how long. A waiting call holds no place of
 * the limiter.
 */
final class RetryCalls {

  private final String model;
  private final String provider;
  private final ProviderLimits limits;
  private final ProviderLimiter limiter;
  private final RandomGenerator random;

  /**
   * @param model as errors name it
   * @param provider as metrics name it: the same as for the calls themselves
   */
  RetryCalls(
      String model,
      String provider,
      ProviderLimits limits,
      ProviderLimiter limiter,
      RandomGenerator random) {
    this.model = model;
    this.provider = provider;
    this.limits = limits;
    this.limiter = limiter;
    this.random = random;
  }

  /**
   * @throws WinnowException of category AGENT, one line, when the last attempt failed
   * @throws Cancellation.Cancelled when the call was cancelled
   */
  <T> T call(Cancellation cancellation, Consumer<ModelDelta> deltas, Function<Attempt, T> once) {
    Attempt attempt =
        new Attempt(limits, System.nanoTime() + limits.total().toNanos(), cancellation);
    for (int number = 1; ; number++) {
      ProviderFailure failure;
      try (var _ = enter(attempt)) {
        return once.apply(attempt);
      } catch (ProviderFailure e) {
        failure = e;
      }
      Duration wait = wait(failure, number);
      if (failure.kind().again && failure.retryAfter().isPresent()) {
        limiter.hold(wait); // the others would only be refused as well
      }
      if (!failure.kind().again
          || number >= limits.attempts()
          || attempt.left() <= wait.toNanos()) {
        throw giveUp(failure, number);
      }
      Metrics.current().retried(provider);
      deltas.accept(new ModelDelta.Retrying(number, String.valueOf(failure.getMessage()), wait));
      pause(wait, cancellation);
    }
  }

  private ProviderLimiter.Place enter(Attempt attempt) {
    long begun = System.nanoTime();
    try {
      return limiter.enter(attempt);
    } finally {
      Metrics.current().waited(provider, Duration.ofNanos(System.nanoTime() - begun));
    }
  }

  private Duration wait(ProviderFailure failure, int number) {
    long longest = limits.longestWait().toNanos();
    if (failure.retryAfter().isPresent()) {
      return Duration.ofNanos(Math.min(failure.retryAfter().get().toNanos(), longest));
    }
    long doubled = limits.firstBackoff().toNanos() << Math.min(number - 1, 20);
    long full = doubled < 0 ? longest : Math.min(doubled, longest);
    // half of it is certain, so that a jittered wait is still a wait
    return Duration.ofNanos(full / 2 + (long) (random.nextDouble() * (full / 2.0)));
  }

  private WinnowException giveUp(ProviderFailure failure, int attempts) {
    String tried = attempts == 1 ? "" : "; given up after %d attempts".formatted(attempts);
    String advice = failure.kind().advice;
    return new WinnowException(
        WinnowException.Category.AGENT,
        "%s: %s%s%s"
            .formatted(model, failure.getMessage(), tried, advice.isEmpty() ? "" : "; " + advice));
  }

  private static void pause(Duration wait, Cancellation cancellation) {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (var _ = cancellation.onCancel(cancelled::countDown)) {
      if (cancelled.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        cancellation.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cancellation.Cancelled("interrupted");
    }
  }
}
