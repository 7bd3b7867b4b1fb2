package dev.winnow.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapTextTest {

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 12, 13, 14, 15, 16, 17})
  void aCutNeverSplitsACharacter(int max) {
    String capped = CapText.headAndTail("😀é".repeat(50), max);
    assertThat(capped).doesNotContain("\uFFFD");
    String kept = capped.replaceAll("\n\\[.*]\n", "");
    assertThat(kept.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(max);
  }

  @Test
  void whatFitsStaysAsItIs() {
    assertThat(CapText.headAndTail("abcdef", 6)).isEqualTo("abcdef");
    assertThat(CapText.headAndTail("abcdefg", 6)).isEqualTo("abc\n[... 1 bytes left out ...]\nefg");
    assertThat(CapText.headAndTail("", 6)).isEmpty();
  }

  @Test
  void aLineForPeopleHasNoControlCharacters() {
    assertThat(CapText.oneLine("\n\n  a\u001b[31mb\u202ec\u0007  \nd", 40)).isEqualTo("a [31mb c");
    assertThat(CapText.oneLine("", 10)).isEmpty();
    assertThat(CapText.oneLine("0123456789", 10)).isEqualTo("0123456789");
    assertThat(CapText.oneLine("0123456789x", 10)).isEqualTo("012345678…");
    assertThat(CapText.oneLine("😀".repeat(20), 10)).isEqualTo("😀😀😀😀…");
  }
}
