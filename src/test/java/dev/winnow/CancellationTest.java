package dev.winnow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {

  @Test
  void theFirstReasonWinsAndEveryActionRunsOnce() {
    Cancellation cancellation = new Cancellation();
    AtomicInteger runs = new AtomicInteger();
    var _ = cancellation.onCancel(runs::incrementAndGet);
    cancellation.cancel("first");
    cancellation.cancel("second");
    assertThat(cancellation.reason()).isEqualTo("first");
    assertThat(runs).hasValue(1);
    assertThatThrownBy(cancellation::check)
        .isInstanceOf(Cancellation.Cancelled.class)
        .hasMessage("first");
  }

  @Test
  void anActionThatComesTooLateRunsAtOnce() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel("stop");
    AtomicInteger runs = new AtomicInteger();
    var _ = cancellation.onCancel(runs::incrementAndGet);
    assertThat(runs).hasValue(1);
  }

  @Test
  void aClosedRegistrationDoesNotRun() {
    Cancellation cancellation = new Cancellation();
    AtomicInteger runs = new AtomicInteger();
    Runnable action = runs::incrementAndGet;
    var first = cancellation.onCancel(action);
    var _ = cancellation.onCancel(action);
    first.close();
    first.close();
    cancellation.cancel("stop");
    assertThat(runs).hasValue(1);
  }

  @Test
  void aChildStopsWithItsParentAndNotTheOtherWayRound() {
    Cancellation parent = new Cancellation();
    Cancellation child = parent.child();
    Cancellation sibling = parent.child();
    child.cancel("only me");
    assertThat(parent.isCancelled()).isFalse();
    assertThat(sibling.isCancelled()).isFalse();
    parent.cancel("all");
    assertThat(sibling.reason()).isEqualTo("all");
    assertThat(child.reason()).isEqualTo("only me");
  }
}
