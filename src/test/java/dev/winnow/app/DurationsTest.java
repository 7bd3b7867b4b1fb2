package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @Test
  void readsWhatPeopleWrite() {
    assertThat(Durations.parse("90s")).contains(Duration.ofSeconds(90));
    assertThat(Durations.parse("15m")).contains(Duration.ofMinutes(15));
    assertThat(Durations.parse("1h30m")).contains(Duration.ofMinutes(90));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0s", "-1m", "10", "1.5h", "m", "99999999999h", "1m1h"})
  void refusesTheRest(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }
}
