package dev.winnow.agent.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProviderLimiterTest {

  private static Attempt attempt(Duration total, Cancellation cancellation) {
    ProviderLimits limits =
        ProviderLimits.DEFAULT.withTimes(Duration.ofMinutes(1), Duration.ofMinutes(1), total);
    return new Attempt(limits, System.nanoTime() + total.toNanos(), cancellation);
  }

  private static Attempt patient() {
    return attempt(Duration.ofMinutes(1), Cancellation.never());
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void neverMoreAreInsideThanAllowed() throws InterruptedException {
    ProviderLimiter limiter = new ProviderLimiter(3, Integer.MAX_VALUE, Duration.ofMinutes(1));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try (var _ = limiter.enter(patient())) {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  Thread.onSpinWait();
                  inside.decrementAndGet();
                }
              }));
    }
    join(threads);
    assertThat(most.get()).isBetween(1, 3);
    assertThat(inside.get()).isZero();
  }

  @Test
  void whoCameFirstGoesFirst() throws InterruptedException {
    ProviderLimiter limiter = new ProviderLimiter(1, Integer.MAX_VALUE, Duration.ofMinutes(1));
    List<Integer> order = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try (var _ = limiter.enter(patient())) {
      for (int i = 0; i < 20; i++) {
        int number = i;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (var _ = limiter.enter(patient())) {
                    order.add(number);
                  }
                }));
        while (limiter.waiting() <= i) {
          Thread.onSpinWait();
        }
      }
    }
    join(threads);
    assertThat(order).isSorted().hasSize(20);
  }

  @Test
  void nobodyGoesWhileTheProviderWantsToBeLeftAlone() {
    ProviderLimiter limiter = new ProviderLimiter(10, Integer.MAX_VALUE, Duration.ofMinutes(1));
    limiter.hold(Duration.ofMinutes(1));
    limiter.hold(Duration.ZERO); // a shorter one does not end it
    assertThatThrownBy(() -> limiter.enter(attempt(Duration.ofMillis(50), Cancellation.never())))
        .isInstanceOf(ProviderFailure.class);
    ProviderLimiter moment = new ProviderLimiter(10, Integer.MAX_VALUE, Duration.ofMinutes(1));
    moment.hold(Duration.ofMillis(5));
    moment.enter(patient()).close();
  }

  @Test
  void aCallOverTheRateWaitsForTheWindow() {
    ProviderLimiter minute = new ProviderLimiter(10, 2, Duration.ofMinutes(1));
    minute.enter(patient()).close();
    minute.enter(patient()).close();
    assertThatThrownBy(() -> minute.enter(attempt(Duration.ofMillis(50), Cancellation.never())))
        .as("a third one within the window")
        .isInstanceOf(ProviderFailure.class);
    ProviderLimiter moment = new ProviderLimiter(10, 2, Duration.ofMillis(1));
    for (int i = 0; i < 5; i++) {
      moment.enter(patient()).close();
    }
  }

  @Test
  void aWaitingCallCanBeCancelledAndLeavesTheQueue() throws InterruptedException {
    ProviderLimiter limiter = new ProviderLimiter(1, Integer.MAX_VALUE, Duration.ofMinutes(1));
    Cancellation cancellation = new Cancellation();
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    try (var _ = limiter.enter(patient())) {
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  limiter.enter(attempt(Duration.ofMinutes(1), cancellation)).close();
                } catch (Cancellation.Cancelled e) {
                  thrown.add(e);
                }
              });
      while (limiter.waiting() == 0) {
        Thread.onSpinWait();
      }
      cancellation.cancel("enough");
      waiting.join();
    }
    assertThat(thrown).hasSize(1);
    assertThat(limiter.waiting()).isZero();
    limiter.enter(patient()).close();
  }

  @Test
  void aWaitEndsWithTheTimeOfTheCall() {
    ProviderLimiter limiter = new ProviderLimiter(1, Integer.MAX_VALUE, Duration.ofMinutes(1));
    try (var _ = limiter.enter(patient())) {
      Attempt hurried = attempt(Duration.ofMillis(50), Cancellation.never());
      assertThatThrownBy(() -> limiter.enter(hurried))
          .isInstanceOf(ProviderFailure.class)
          .hasMessageContaining("not done within 0.05s");
    }
    limiter.enter(patient()).close();
  }
}
