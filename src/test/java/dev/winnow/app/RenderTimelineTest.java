package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.run.TimelineSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenderTimelineTest {

  private static final Instant BEGIN = Instant.parse("2026-11-23T10:00:00Z");

  private static TimelineSpan span(
      long attempt, long id, long parent, String name, long from, @Nullable Long to, String error) {
    return new TimelineSpan(
        attempt,
        id,
        parent,
        name,
        "c1",
        BEGIN.plusSeconds(from),
        to == null ? null : BEGIN.plusSeconds(to),
        error);
  }

  @Test
  void aResumedRunHasAPartForEachAttemptAndWhatWasKilledDoesNotGoOn() {
    List<TimelineSpan> spans =
        List.of(
            span(1, 1, 0, "run", 0, null, ""),
            span(1, 2, 1, "candidate", 0, null, ""),
            span(1, 3, 2, "red", 0, 10L, ""),
            span(2, 1, 0, "run", 3600, 3620L, ""),
            span(2, 2, 1, "candidate", 3600, 3605L, "agent"));
    assertThat(RenderTimeline.lines(spans, Style.PLAIN, 80))
        .containsExactly(
            "Attempt 1",
            "run                                                 …  █████████████████████████",
            "  candidate c1                                      …  █████████████████████████",
            "    red                                        10.0 s  █████████████████████████",
            "Attempt 2",
            "run                                            20.0 s  █████████████████████████",
            "  ✘ candidate c1                                5.0 s  ██████");
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 200})
  void twoThousandSpansAreOneLineEachThatFitsAndDrivesNoTerminal(int columns) {
    List<TimelineSpan> spans = new ArrayList<>();
    spans.add(span(1, 1, 0, "run", 0, 2_000L, ""));
    for (int i = 2; i <= 2_000; i++) {
      // each below the one before, up to a depth at which nothing would be left of a name
      long parent = i % 50 == 0 ? 1 : i - 1;
      spans.add(
          span(1, i, parent, "execute_tool \u001b[31m" + "長い名前".repeat(i % 30), i, i + 1L, ""));
    }
    List<String> lines = RenderTimeline.lines(spans, Style.PLAIN, columns);
    assertThat(lines)
        .hasSize(2_000)
        .allSatisfy(line -> {
          assertThat(SafeText.columns(line)).isLessThanOrEqualTo(columns);
          assertThat(line).doesNotContain("\u001b").containsAnyOf("█", "▏");
        });
    assertThat(SafeText.columns(lines.getFirst())).isEqualTo(columns);
  }
}
