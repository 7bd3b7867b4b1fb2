package dev.winnow.agent.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import dev.winnow.Json;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class CurrentDatetimeTest {

  private final Tool tool =
      new CurrentDatetime(
          Clock.fixed(Instant.parse("2026-07-01T22:30:00.123Z"), ZoneId.of("Europe/Berlin")));

  private ToolResult call(String arguments) {
    return tool.call(Json.read(arguments, JsonNode.class), Cancellation.never());
  }

  @Test
  void theTimeHasOffsetAndZone() {
    assertThat(call("{}").text()).isEqualTo("2026-07-02T00:30:00+02:00[Europe/Berlin]");
    assertThat(call("{\"zone\": \"Asia/Tokyo\"}").text())
        .isEqualTo("2026-07-02T07:30:00+09:00[Asia/Tokyo]");
  }

  @Test
  void anUnknownZoneIsAResult() {
    assertThat(call("{\"zone\": \"Mars/Base\"}").ok()).isFalse();
    assertThat(call("{\"zone\": \"Mars/Base\"}").text()).contains("no time zone");
  }
}
