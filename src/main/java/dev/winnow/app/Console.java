package dev.winnow.app;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a command reads and writes. Results go to {@code out}, progress and errors to {@code err},
 * both always in UTF-8.
 *
 * @param outIsTerminal whether a person sees {@code out}
 * @param errIsTerminal whether a person sees {@code err}, so that lines may be drawn again
 * @param colour whether colours are wanted on a terminal at all
 */
record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    boolean colour) {

  /** The streams of this process; the launcher tells which of them are terminals. */
  static Console ofProcess() {
    String terminals = System.getProperty("winnow.tty");
    boolean out;
    boolean err;
    if (terminals == null) {
      // started by java -jar: the JDK only knows whether stdin and stdout both are terminals
      out = Optional.ofNullable(System.console()).map(java.io.Console::isTerminal).orElse(false);
      err = out;
    } else {
      out = terminals.contains("out");
      err = terminals.contains("err");
    }
    Map<String, String> environment = System.getenv();
    boolean dumb = "dumb".equals(environment.getOrDefault("TERM", "dumb"));
    boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty() && !dumb;
    return new Console(
        System.in,
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        out,
        err && !dumb,
        colour);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), 8192),
        true,
        StandardCharsets.UTF_8);
  }

  /** Whether a person can be asked: a terminal to read from, and one to write to. */
  boolean canAsk() {
    String terminals = System.getProperty("winnow.tty");
    return Objects.equals(in, System.in)
        && errIsTerminal
        && (terminals == null || terminals.contains("in"));
  }

  Style outStyle() {
    return new Style(outIsTerminal && colour);
  }

  Style errStyle() {
    return new Style(errIsTerminal && colour);
  }

  void flush() {
    out.flush();
    err.flush();
  }
}
