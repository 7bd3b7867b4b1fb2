package dev.winnow.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentCallersTest {

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final RecentCallers callers = new RecentCallers(now::get);

  private Optional<Principal> who(int secret) {
    return callers.who(
        new byte[] {(byte) secret},
        () -> {
          asked.incrementAndGet();
          return Optional.of(new Principal("u" + secret, Role.VIEWER, new UUID(0, secret), false));
        });
  }

  @Test
  void aCallerIsKnownForSomeSecondsAndNoLonger() {
    assertThat(who(1)).isEqualTo(who(1));
    assertThat(who(2).orElseThrow().name()).isEqualTo("u2");
    assertThat(asked).hasValue(2);
    now.addAndGet(RecentCallers.NANOS);
    assertThat(who(1)).isPresent();
    assertThat(asked).hasValue(3);
  }

  @Test
  void nobodyIsKnownAfterSomethingWasRevoked() {
    who(1);
    callers.forget();
    who(1);
    assertThat(asked).hasValue(2);
  }

  @Test
  void anAnswerThatIsOlderThanARevocationIsNotKept() {
    byte[] secret = {1};
    callers.who(
        secret,
        () -> {
          callers.forget(); // while the database answered
          return Optional.of(new Principal("u", Role.ADMIN, new UUID(0, 1), false));
        });
    assertThat(callers.who(secret, Optional::empty)).isEmpty();
  }

  @Test
  void strangersAreNotRemembered() {
    byte[] secret = {3};
    assertThat(callers.who(secret, Optional::empty)).isEmpty();
    assertThat(who(3)).isPresent();
  }
}
