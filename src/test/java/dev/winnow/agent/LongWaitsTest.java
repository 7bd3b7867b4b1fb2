package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LongWaitsTest {

  @Test
  void whatIsOverIsEndedAndWhatWasClosedIsNot() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch last = new CountDownLatch(1);
    LongWaits.end(Duration.ZERO, () -> closed.set(true)).close();
    try (var _ = LongWaits.end(Duration.ZERO, over::countDown);
        var _ = LongWaits.end(Duration.ofDays(365_000_000), last::countDown)) {
      assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(closed).isFalse();
    assertThat(last.getCount()).as("more than any clock can count is not over").isOne();
  }
}
