package dev.winnow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "{\"a\":1,\"a\":2}", "{} {}", "nul", "{\"a\":\"\u0001\"}", "[1,]"})
  void whatIsNotExactlyOneDocumentIsRefused(String json) {
    assertThatThrownBy(() -> Json.read(json, JsonNode.class))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-23T09:00:15.548448Z",
        "2026-11-23T09:00:15.5Z",
        "2026-11-23T09:00:15.000000001Z",
        "2024-02-29T23:59:59Z",
        "1969-12-31T23:59:59.999999999Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
        "-0001-12-31T23:59:59Z",
        "+10000-01-01T00:00:00Z",
        "-1000000000-01-01T00:00:00Z"
      })
  void anInstantIsWrittenAsTheJdkWritesIt(String text) {
    Instant instant = Instant.parse(text);
    assertThat(Json.write(instant)).isEqualTo('"' + instant.toString() + '"');
    assertThat(Json.read(Json.write(instant), Instant.class)).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 100_000})
  void deepNestingIsRefusedInsteadOfOverflowingTheStack(int depth) {
    String json = "[".repeat(depth) + "]".repeat(depth);
    assertThatThrownBy(() -> Json.read(json, JsonNode.class))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
