package dev.winnow.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import org.junit.jupiter.api.Test;

/** Labels of metrics are few, short and without secrets. */
class LabelsTest {

  private final Labels labels = new Labels(true);

  private String agent(String name) {
    return String.valueOf(labels.of("agent", name).get(AttributeKey.stringKey("agent")));
  }

  @Test
  void theSameNamesAreTheSameLabelsOnceMore() {
    Attributes first = labels.of("agent", "a", "outcome", "ok");
    assertThat(first)
        .isEqualTo(
            Attributes.of(
                AttributeKey.stringKey("agent"), "a", AttributeKey.stringKey("outcome"), "ok"));
    assertThat(labels.of("agent", "a", "outcome", "ok")).isSameAs(first);
    assertThat(labels.of("agent", "ok", "outcome", "a")).isNotEqualTo(first);
  }

  @Test
  void moreNamesThanTheBoundAreOneOtherAndStayThatWay() {
    for (int i = 0; i < Labels.MOST; i++) {
      assertThat(agent("agent-" + i)).isEqualTo("agent-" + i);
    }
    assertThat(agent("one-more")).isEqualTo(Labels.OTHER);
    assertThat(agent("one-more")).isEqualTo(Labels.OTHER);
    assertThat(agent("agent-0")).isEqualTo("agent-0");
    // the bound is each label's own
    assertThat(labels.of("reason", "one-more").get(AttributeKey.stringKey("reason")))
        .isEqualTo("one-more");
  }

  @Test
  void namesWithoutEndAreNotKept() {
    for (int i = 0; i < 5_000; i++) {
      String _ = agent("agent-" + i);
    }
    assertThat(labels.kept()).isEqualTo(1000);
    Labels others = new Labels(true);
    String _ = others.of("agent", "x".repeat(81)).toString();
    assertThat(others.kept()).isZero();
  }

  @Test
  void keysAndLongNamesAreCut() {
    assertThat(agent("sk-ant-api03-" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7".repeat(3)))
        .doesNotContain("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7");
    assertThat(agent("x".repeat(500))).hasSize(80);
  }

  @Test
  void whereNobodyReadsThemThereAreNone() {
    assertThat(new Labels(false).of("agent", "a")).isEqualTo(Attributes.empty());
  }
}
