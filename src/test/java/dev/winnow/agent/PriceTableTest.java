package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.winnow.Json;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PriceTableTest {

  private static final PriceTable TABLE = PriceTable.packaged();

  private static Price price(String json) {
    return PriceTable.price(Json.read(json, JsonNode.class));
  }

  @Test
  void cachedAndWrittenTokensHaveTheirOwnPrices() {
    // 1000 plain at 4, 200 from the cache at 0.2, 30 into it at 5, 50 out at 20
    Usage usage = new Usage(1230, 50, 200, 0, 30);
    assertThat(TABLE.costMicros("anthropic:claude-opus-5-5", usage)).hasValue(5190);
  }

  @Test
  void anUnknownModelHasNoCostRatherThanNone() {
    assertThat(TABLE.costMicros("openai-responses:qwen3-coder", new Usage(1, 1, 0, 0))).isEmpty();
    assertThat(TABLE.estimateMicros("nobody-knows", 1000, 1000)).isEmpty();
  }

  @Test
  void theDateOfASnapshotDoesNotMatter() {
    Usage usage = new Usage(1_000_000, 0, 0, 0);
    assertThat(TABLE.costMicros("gpt-5.1-codex-2025-11-13", usage)).hasValue(1_250_000);
    assertThat(TABLE.costMicros("claude-sonnet-4-5-20250929", usage)).hasValue(3_000_000);
  }

  @Test
  void anEstimateIsNeverBelowTheCost() {
    long estimate = TABLE.estimateMicros("claude-opus-5-5", 1230, 50).orElseThrow();
    for (Usage usage :
        new Usage[] {
          new Usage(1230, 50, 0, 0, 0),
          new Usage(1230, 50, 0, 50, 1230),
          new Usage(1230, 50, 600, 0)
        }) {
      assertThat(TABLE.costMicros("claude-opus-5-5", usage).orElseThrow())
          .isLessThanOrEqualTo(estimate);
    }
  }

  @Test
  void pricesOfTheUserWin() {
    PriceTable own =
        TABLE.with(
            Map.of(
                "openai-responses:qwen3-coder", price("{\"input\": 0, \"output\": 0}"),
                "gpt-5", price("{\"input\": 100, \"output\": 1}")));
    assertThat(own.costMicros("qwen3-coder", new Usage(9, 9, 0, 0))).hasValue(0);
    assertThat(own.costMicros("openai-responses:gpt-5", new Usage(10, 0, 10, 0))).hasValue(1000);
    assertThat(TABLE.costMicros("gpt-5", new Usage(10, 0, 0, 0))).hasValue(13);
  }

  @Test
  void anIncompleteOrAbsurdPriceIsRefused() {
    assertThatThrownBy(() -> price("{\"input\": 1}")).hasMessageContaining("output is missing");
    assertThatThrownBy(() -> price("{\"input\": \"1\", \"output\": 1}"))
        .hasMessageContaining("input must be a number");
    assertThatThrownBy(() -> price("{\"input\": -1, \"output\": 1}"))
        .hasMessageContaining("between 0 and");
  }

  @Test
  void oneUnknownCostMakesTheSumUnknown() {
    assertThat(PriceTable.sum(OptionalLong.of(1), OptionalLong.of(2))).hasValue(3);
    assertThat(PriceTable.sum(OptionalLong.of(1), OptionalLong.empty())).isEmpty();
  }
}
