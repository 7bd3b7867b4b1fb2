package dev.winnow.app;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Rows and columns of the terminal. */
record TerminalSize(int rows, int columns) {

  static final TerminalSize USUAL = new TerminalSize(24, 80);

  /**
   * Asks the terminal; Java hears nothing of a resize, so this is asked again now and then. The
   * usual size when there is no answer.
   */
  static Supplier<TerminalSize> ofProcess() {
    return TerminalSize::ask;
  }

  private static TerminalSize ask() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer =
          new String(stty.getInputStream().readNBytes(64), StandardCharsets.US_ASCII).strip();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
      }
      return parse(answer);
    } catch (IOException e) {
      return USUAL;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL;
    }
  }

  /**
   * From {@code "40 120"}; the usual size for anything else, and for zero, which serial lines say.
   */
  static TerminalSize parse(String answer) {
    String[] parts = answer.split(" ", -1);
    if (parts.length != 2 || !parts[0].matches("\\d{1,5}") || !parts[1].matches("\\d{1,5}")) {
      return USUAL;
    }
    int rows = Integer.parseInt(parts[0]);
    int columns = Integer.parseInt(parts[1]);
    return rows == 0 || columns == 0 ? USUAL : new TerminalSize(rows, columns);
  }
}
