package dev.winnow.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepOutputTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 10, 64, 1000})
  void headAndTailAreKeptWhateverThePieces(int piece) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      all.append(i).append(' ');
    }
    KeepOutput output = new KeepOutput(20);
    byte[] source = bytes(all.toString());
    for (int at = 0; at < source.length; at += piece) {
      int length = Math.min(piece, source.length - at);
      output.add(java.util.Arrays.copyOfRange(source, at, at + length), length);
    }
    assertThat(output.text())
        .isEqualTo(
            "0 1 2 3 4 \n[... "
                + (source.length - 20)
                + " bytes left out ...]\n"
                + all.substring(all.length() - 10));
    assertThat(output.total()).isEqualTo(source.length);
  }

  @Test
  void shortOutputIsKeptWhole() {
    KeepOutput output = new KeepOutput(20);
    output.add(bytes("exactly twenty bytes"), 20);
    assertThat(output.text()).isEqualTo("exactly twenty bytes");
  }

  @Test
  void terminalSequencesAreRemovedFromPlainText() {
    assertThat(PlainText.of("\u001b[1;31mred\u001b[0m\r\n\u001b]0;title\u0007x\by\u202e"))
        .isEqualTo("red\nx\ufffdy\ufffd");
  }
}
