package dev.winnow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdsTest {

  @Test
  void idsAreVersionSevenAndSortByTime() {
    UUID early = Ids.at(Instant.parse("2026-11-23T10:00:00.000Z"));
    UUID late = Ids.at(Instant.parse("2026-11-23T10:00:00.001Z"));
    assertThat(early.version()).isEqualTo(7);
    assertThat(early.variant()).isEqualTo(2);
    assertThat(early.toString()).isLessThan(late.toString());
  }

  @Test
  void idsOfTheSameMillisecondDiffer() {
    Instant now = Instant.now();
    assertThat(Stream.generate(() -> Ids.at(now)).limit(10_000).distinct()).hasSize(10_000);
  }
}
