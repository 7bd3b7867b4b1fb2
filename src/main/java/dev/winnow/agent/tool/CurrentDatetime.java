package dev.winnow.agent.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Cancellation;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** {@code current_datetime}: date and time with offset and zone. */
final class CurrentDatetime implements Tool {

  static final String NAME = "current_datetime";

  private static final ToolSpec SPEC =
      new Parameters()
          .optional("zone", "string", "IANA time zone such as Europe/Berlin; else the machine's")
          .of(NAME, "The current date and time in ISO 8601 with offset and time zone.");

  private final Clock clock;

  CurrentDatetime(Clock clock) {
    this.clock = clock;
  }

  @Override
  public ToolSpec spec() {
    return SPEC;
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public boolean onlyLooks() {
    return true;
  }

  @Override
  public ToolResult call(JsonNode arguments, Cancellation cancellation) {
    String wanted = arguments.path("zone").asText("");
    try {
      ZoneId zone = wanted.isBlank() ? clock.getZone() : ZoneId.of(wanted.strip());
      String now =
          ZonedDateTime.ofInstant(clock.instant(), zone)
              .truncatedTo(ChronoUnit.SECONDS)
              .format(DateTimeFormatter.ISO_ZONED_DATE_TIME);
      return ToolResult.ok(now, now);
    } catch (DateTimeException e) {
      return ToolResult.failed(
          "'%s' is no time zone; use one such as Europe/Berlin".formatted(wanted));
    }
  }
}
