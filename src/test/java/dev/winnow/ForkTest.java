package dev.winnow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ForkTest {

  @Test
  void resultsComeInTheOrderOfTheItems() {
    assertThat(Fork.each(List.of(3, 1, 2), Cancellation.never(), i -> _ -> i * 10))
        .containsExactly(30, 10, 20);
  }

  @Test
  void allBranchesRunAtTheSameTime() {
    CyclicBarrier together = new CyclicBarrier(3);
    assertThat(
            Fork.each(
                List.of(1, 2, 3),
                Cancellation.never(),
                i ->
                    _ -> {
                      together.await();
                      return i;
                    }))
        .hasSize(3);
  }

  @Test
  void noMoreBranchesThanTheLimitRunAtATime() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CyclicBarrier pair = new CyclicBarrier(2);
    Fork.each(
        List.of(1, 2, 3, 4, 5, 6, 7, 8),
        2,
        Cancellation.never(),
        i ->
            _ -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              pair.await();
              running.decrementAndGet();
              return i;
            });
    assertThat(most.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void aFailureCancelsTheOthersAndIsWhatTheCallerSees() {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    assertThatThrownBy(() ->
            Fork.each(
                List.of(true, false),
                Cancellation.never(),
                waits ->
                    cancellation -> {
                      if (!waits) {
                        started.await();
                        throw WinnowException.usage("broken");
                      }
                      var _ = cancellation.onCancel(cancelled::countDown);
                      started.countDown();
                      cancelled.await();
                      cancellation.check();
                      return 1;
                    }))
        .isInstanceOf(WinnowException.class)
        .hasMessage("broken");
    assertThat(cancelled.getCount()).isZero();
  }

  @Test
  void aCancelledCallerStopsBranchesThatHaveNotStarted() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel("enough");
    AtomicInteger worked = new AtomicInteger();
    assertThatThrownBy(
            () -> Fork.each(List.of(1, 2), cancellation, _ -> _ -> worked.incrementAndGet()))
        .isInstanceOf(Cancellation.Cancelled.class);
    assertThat(worked).hasValue(0);
  }
}
