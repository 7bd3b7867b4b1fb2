package dev.winnow.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SafeTextTest {

  @Test
  void escapeSequencesAreGone() {
    assertThat(SafeText.line("\u001b[31mred\u001b[0m \u001b[2J\u001b[1;1Hhome", 80))
        .isEqualTo("red home");
    assertThat(SafeText.line("\u009b31mred\u001bc!", 80)).isEqualTo("red!");
  }

  @Test
  void terminalCommandsAreGone() {
    assertThat(
            SafeText.line(
                "a\u001b]0;title\u0007b\u001b]8;;http://evil\u001b\\c\u001b]52;c;xyz", 80))
        .isEqualTo("abc");
  }

  @Test
  void textThatHidesOrTurnsIsGone() {
    assertThat(SafeText.line("ab\u202ecd\u200be\u2066f\u0000\u0008\r\n\tg", 80))
        .isEqualTo("abcdef g");
  }

  @Test
  void longTextIsCutToColumns() {
    assertThat(SafeText.line("abcdefgh", 5)).isEqualTo("abcd…");
    assertThat(SafeText.line("日本語日本語", 7)).isEqualTo("日本語…");
    assertThat(SafeText.columns(SafeText.line("x".repeat(1_000_000), 100))).isEqualTo(100);
  }

  @Test
  void hostileLengthIsFast() {
    assertThat(SafeText.line("\u001b[".repeat(500_000), 80)).doesNotContain("\u001b");
    assertThat(SafeText.line("\u001b]".repeat(500_000), 80)).doesNotContain("\u001b");
  }

  @Test
  void wordsForAShellAreQuoted() {
    assertThat(Shell.quote("/tmp/a-b")).isEqualTo("/tmp/a-b");
    assertThat(Shell.quote("it's $(x)")).isEqualTo("'it'\\''s $(x)'");
    assertThat(Shell.quote("")).isEqualTo("''");
  }
}
