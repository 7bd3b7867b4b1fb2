package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.checkpoint.RunEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamTextTest {

  private final List<RunEvent> events = new ArrayList<>();
  private long now;
  private final StreamText stream = new StreamText("c1", events::add, "green", 2, () -> now);

  private void say(String text, long millisLater) {
    now += TimeUnit.MILLISECONDS.toNanos(millisLater);
    stream.accept(new ModelDelta.Text(text));
  }

  @Test
  void aQuickReplyMakesNoParts() {
    for (int i = 0; i < 100; i++) {
      say("word ", 9);
    }
    assertThat(events).isEmpty();
  }

  @Test
  void aSlowReplyIsToldOnceASecond() {
    say("o ", 5000); // waiting for the first word is not speaking
    for (int i = 0; i < 29; i++) {
      say("o ", 100);
    }
    assertThat(events)
        .containsExactly(
            new RunEvent.ModelTextPart("c1", "green", 2, "o ".repeat(11)),
            new RunEvent.ModelTextPart("c1", "green", 2, "o ".repeat(10)));
  }

  @Test
  void whatAFailedAttemptSaidIsForgotten() {
    say("half ", 10);
    stream.accept(new ModelDelta.Retrying(1, "the answer was cut", Duration.ofMillis(700)));
    say("whole ", 2000);
    assertThat(events)
        .containsExactly(
            new RunEvent.ModelRetried("c1", "green", 2, 1, "the answer was cut", 700),
            new RunEvent.ModelTextPart("c1", "green", 2, "whole "));
  }

  @Test
  void aFloodIsCutToItsEnd() {
    say("a ", 1000);
    say("a ".repeat(25_000) + "z ", 1000);
    assertThat(((RunEvent.ModelTextPart) events.getFirst()).text())
        .hasSize(16_000)
        .endsWith("a z ");
  }
}
