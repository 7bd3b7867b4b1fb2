package dev.winnow;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
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
  @ValueSource(ints = {65, 100_000})
  void deepNestingIsRefusedInsteadOfOverflowingTheStack(int depth) {
    String json = "[".repeat(depth) + "]".repeat(depth);
    assertThatThrownBy(() -> Json.read(json, JsonNode.class))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
