package dev.winnow.agent.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts a stream of bytes into lines. A line that is too long is left out, and counted. */
final class ReadLines {

  /** Programs quote whole files and outputs in one line; more than this is an attack. */
  private static final int LONGEST = 8 << 20;

  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean tooLong;
  private int leftOut;

  ReadLines(Consumer<String> lines) {
    this.lines = lines;
  }

  void add(byte[] bytes, int length) {
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        append(bytes, from, i - from);
        finishLine();
        from = i + 1;
      }
    }
    append(bytes, from, length - from);
  }

  private void append(byte[] bytes, int from, int length) {
    if (line.size() + length > LONGEST) {
      tooLong = true;
      line.reset();
    }
    if (!tooLong) {
      line.write(bytes, from, length);
    }
  }

  /** What came after the last line end counts as a line too. */
  void end() {
    if (line.size() > 0 || tooLong) {
      finishLine();
    }
  }

  private void finishLine() {
    if (tooLong) {
      leftOut++;
    } else {
      String text = line.toString(StandardCharsets.UTF_8).strip();
      if (!text.isEmpty()) {
        lines.accept(text);
      }
    }
    line.reset();
    tooLong = false;
  }

  /** How many lines were too long. */
  int leftOut() {
    return leftOut;
  }
}
